# The example that ships with Vixen. It needs no store and no network: evaluating it computes derivations, their hashes and their
# paths, and builds nothing. Real Nix computes the same.
#
#   vixen eval --strict --json host/examples/hello/default.nix
let
  lib = import ./lib.nix;
  pkgs = import ./package-set.nix { };
  derivations = lib.filterAttrs (name: lib.isDerivation) pkgs;

  # The same set with one package changed.
  patched = import ./package-set.nix { overlays = [ (final: prev: { zlib = prev.zlib.override { level = 9; }; }) ]; };
in
{
  drvPaths = builtins.mapAttrs (name: package: package.drvPath) derivations;

  outPaths = builtins.mapAttrs (name: package: lib.genAttrs package.outputs (output: package.${output}.outPath)) derivations;

  # What the change does: every package that has zlib below it gets a new path.
  rebuiltWhenZlibChanges = builtins.filter (name: patched.${name}.drvPath != pkgs.${name}.drvPath) (builtins.attrNames derivations);

  licenses = lib.groupNames (package: package.meta.license) derivations;

  greeting = pkgs.greeting.text;
}
