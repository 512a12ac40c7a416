(derivation { name = "n"; system = "s"; builder = "b"; env = throw "in the environment"; }).drvPath
