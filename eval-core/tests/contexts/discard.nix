with builtins;
let d = derivation { name = "d"; system = "s"; builder = "b"; }; in
[
  (getContext (unsafeDiscardOutputDependency d.drvPath))
  (getContext (addDrvOutputDependencies (unsafeDiscardOutputDependency d.drvPath)))
  (getContext (addDrvOutputDependencies d.drvPath))
  (getContext (unsafeDiscardOutputDependency d.outPath))
  (unsafeDiscardStringContext d.outPath)
  (getContext (unsafeDiscardStringContext "${d}${d.drvPath}"))
]
