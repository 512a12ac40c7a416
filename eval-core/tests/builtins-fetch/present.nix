[ (builtins.typeOf builtins.fetchurl) (builtins.typeOf builtins.fetchTarball) (builtins.typeOf builtins.fetchGit) (builtins.typeOf builtins.fetchMercurial) (builtins.typeOf builtins.getFlake) ]
