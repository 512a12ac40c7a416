(derivation { name = "a"; system = "s"; builder = "b"; args = [ "x" [ "y" (throw "no argument") ] ]; }).drvPath
