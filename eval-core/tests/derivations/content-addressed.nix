let d = derivation { name = "ca"; system = "s"; builder = "b"; __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256"; outputs = [ "out" "dev" ]; };
    u = derivation { name = "user"; system = "s"; builder = "b"; x = d; }; in
[ d.drvPath d.outPath d.dev.outPath u.drvPath u.outPath ]
