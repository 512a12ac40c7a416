[
  (scopedImport { x = 1; } ./files/scoped.nix).y
  (scopedImport { outer = "given"; } ./files/free.nix)
  (scopedImport { x = 1; builtins = "shadowed"; } ./files/scoped.nix).builtins
  (builtins.typeOf (scopedImport { } ./files/function.nix))
  (scopedImport { x = "shadowing"; } ./files/function.nix 1 2)
]
