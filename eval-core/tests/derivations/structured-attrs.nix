let d = derivation {
  name = "structured"; system = "s"; builder = "b"; __structuredAttrs = true;
  outputs = [ "out" "dev" ];
  int = 1; float = 1.5; list = [ 1 "a" [ true null ] ]; set = { a.b = 1; }; nothing = null; flag = false; text = "é\"";
  outputChecks.out.maxSize = 10;
  args = [ "x" ];
}; in
[ d.drvPath d.outPath d.dev.outPath ]
