let
  d = derivation { name = "simple"; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" "echo > $out" ]; };
in
{
  inherit (d) drvPath outPath name type system builder args outputName;
  interpolated = "${d}";
  out = d.out.outPath;
  all = map (o: o.outPath) d.all;
  attrs = builtins.attrNames d;
  drvAttrs = d.drvAttrs;
}
