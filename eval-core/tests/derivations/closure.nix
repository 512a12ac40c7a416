# Many derivations that need each other: hashes of hashes.
let
  drv = name: deps: derivation { inherit name deps; system = "s"; builder = "b"; };
  layer = builtins.foldl' (below: i: builtins.genList (j: drv "d${toString i}-${toString j}" below) 3) [ ] (builtins.genList (i: i) 8);
  file = builtins.toFile "script.sh" "echo ${builtins.placeholder "out"}";
  withFile = derivation { name = "with-file"; system = "s"; builder = "b"; args = [ file ]; src = ./file.txt; };
in
[ (map (d: d.drvPath) layer) withFile.drvPath withFile.outPath ]
