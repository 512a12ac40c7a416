[ builtins.langVersion (builtins.typeOf builtins.nixVersion) (builtins.compareVersions builtins.nixVersion "2.30") builtins.storeDir ]
