# A package set in miniature, put together as nixpkgs is: a fixed point of functions ("overlays"), packages that name what they need
# as arguments, and a `mkDerivation` that turns a short description into a derivation.
{
  system ? "x86_64-linux",
  # More overlays, applied after the one of this folder.
  overlays ? [ ],
}:
let
  lib = import ./lib.nix;

  # The base of the set: the tools to write packages with.
  base = final: {
    inherit lib system;
    stdenv = import ./stdenv.nix { inherit lib system; };
    # Calls a package with what its function's formal arguments name, taken from the finished set.
    callPackage = lib.callPackageWith final;
  };

  # One package a file in ./pkgs: the file's name is the package's.
  packages = final: prev: lib.mapFiles (file: final.callPackage file { }) ./pkgs;
in
lib.fix (lib.composeExtensions ([ packages (import ./overlay.nix) ] ++ overlays) base)
