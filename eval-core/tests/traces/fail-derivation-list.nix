(derivation { name = "a"; system = "s"; builder = "b"; list = [ "x" [ "y" (x: x) ] ]; }).drvPath
