# A few thousand derivations that need each other: hashing, contexts, string conversion.
let
  inherit (builtins) elemAt foldl' genList length;
  drv = name: deps: derivation {
    inherit name;
    system = "x86_64-linux";
    builder = "/bin/sh";
    args = [ "-c" "echo ${name} > $out" ];
    buildInputs = deps;
    description = "The derivation called ${name}, which needs ${toString (length deps)} others";
    outputs = [ "out" "dev" ];
  };
  layer = below: i: genList (j: drv "package-${toString i}-${toString j}" (if below == [ ] then [ ] else map (k: elemAt below (j + k - (j + k) / 25 * 25)) [ 0 3 7 11 ])) 25;
  layers = foldl' (below: i: layer below i) [ ] (genList (i: i) 150);
in
map (d: d.drvPath) layers
