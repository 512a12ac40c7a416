(derivation { name = throw "no name"; system = "s"; builder = "b"; }).outPath
