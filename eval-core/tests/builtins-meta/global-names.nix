# What is in scope without `builtins`.
[
  (builtins.typeOf derivationStrict) (builtins.typeOf scopedImport) (builtins.typeOf import) (builtins.typeOf fetchTarball) (builtins.typeOf fetchGit) (builtins.typeOf fetchMercurial)
  (builtins.typeOf fromTOML) (builtins.typeOf placeholder) (builtins.typeOf throw) (builtins.typeOf abort) (builtins.typeOf break) (isNull null) (baseNameOf "a/b") (dirOf "a/b")
  (toString 1) (map (x: x) [ ]) (removeAttrs { a = 1; } [ "a" ]) (builtins.typeOf derivation) true false null
  (builtins.typeOf builtins) (builtins.builtins == builtins) (builtins ? true) (builtins ? derivation)
  (__head [ 1 ]) (__currentTime > 0) (builtins.typeOf __currentSystem) __langVersion (builtins.typeOf __nixVersion) __storeDir (builtins.length __nixPath)
]
