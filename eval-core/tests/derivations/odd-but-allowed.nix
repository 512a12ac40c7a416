# Nix accepts these.
[
  (derivation { name = ".x"; system = "s"; builder = "b"; }).drvPath
  (derivation { name = "n"; system = 1; builder = "b"; }).drvPath
  (derivation { name = "n"; system = "s"; builder = "b"; outputs = [ "drv" ]; }).drvPath
  (derivation { name = "n"; system = true; builder = "b"; args = [ 1 true null ]; }).drvPath
]
