let
  d = derivation { name = "multi"; system = "s"; builder = "b"; outputs = [ "lib" "out" "dev" ]; };
  one = derivation { name = "one"; system = "s"; builder = "b"; outputs = [ "dev" ]; };
  use = derivation { name = "use"; system = "s"; builder = "b"; a = d; b = d.dev; c = "${d.out}/bin"; };
in
{
  default = d.outPath;
  outputName = d.outputName;
  each = map (n: d.${n}.outPath) [ "lib" "out" "dev" ];
  names = map (n: d.${n}.outputName) [ "lib" "out" "dev" ];
  drvPaths = map (o: o.drvPath == d.drvPath) d.all;
  one = [ one.outPath one.drvPath ];
  use = [ use.drvPath use.outPath ];
  nested = d.dev.lib.out.outPath == d.out.outPath;
}
