# The derivation of one package.
{ nixpkgs, attribute }:
let pkgs = import (/. + nixpkgs) { config = { allowAliases = false; }; overlays = [ ]; system = "x86_64-linux"; }; in
(builtins.foldl' (set: name: set.${name}) pkgs (builtins.filter builtins.isString (builtins.split "\\." attribute))).drvPath
