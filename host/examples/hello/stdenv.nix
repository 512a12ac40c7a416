# `mkDerivation`: from a package's description to `derivation`'s arguments.
{ lib, system }:
let
  # Where a real set has a compiler and a shell, this one has a name of each: nothing is built here.
  shell = derivation { name = "shell"; inherit system; builder = "builtin:bootstrap-shell"; };

  phases = {
    unpackPhase = ''
      tar xf $src
      cd */
    '';
    configurePhase = "./configure --prefix=$out";
    buildPhase = "make -j$NIX_BUILD_CORES";
    installPhase = "make install";
  };

  # Inputs of the inputs that say that who uses them needs these, too.
  propagated = inputs: lib.unique (builtins.concatMap (input: [ input ] ++ propagated (input.propagatedBuildInputs or [ ])) inputs);
in
{
  inherit shell;

  mkDerivation =
    {
      pname,
      version,
      src ? null,
      outputs ? [ "out" ],
      buildInputs ? [ ],
      propagatedBuildInputs ? [ ],
      env ? { },
      passthru ? { },
      meta ? { },
      ...
    }@description:
    let
      chosen = builtins.mapAttrs (name: default: description.${name} or default) phases;
      used = builtins.filter (phase: chosen.${phase} != null) [ "unpackPhase" "configurePhase" "buildPhase" "installPhase" ];
      package = derivation (
        env
        // {
          name = "${pname}-${version}";
          inherit pname version system outputs src;
          builder = "${shell}/bin/sh";
          args = [ "-e" (builtins.toFile "builder.sh" "for phase in $phases; do eval \"\${!phase}\"; done\n") ];
          phases = used;
          buildInputs = propagated buildInputs;
          inherit propagatedBuildInputs;
        }
        // builtins.intersectAttrs (lib.genAttrs used (_: null)) chosen
      );
    in
    package // { inherit propagatedBuildInputs meta outputs; } // passthru;
}
