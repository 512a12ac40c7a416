# How NixOS modules work, in forty lines: modules declare options and define them, all see the final configuration.
let
  modules = [
    # A module is a function of the final configuration …
    ({ config }: {
      options.port = { default = 80; };
      options.url = { default = "http://localhost:${toString config.port}"; };
    })
    ({ config }: {
      options.services = { default = [ ]; merge = values: builtins.concatLists values; };
      # … that may set what others have declared,
      config.services = [ "web on ${config.url}" ];
    })
    ({ config }: {
      # and need not know who uses it.
      config.port = 8080;
      config.services = [ "database" ];
    })
  ];

  evaluate = modules:
    let
      loaded = map (module: { options = { }; config = { }; } // module { inherit config; }) modules;
      options = builtins.foldl' (all: module: all // module.options) { } loaded;
      definitions = name: builtins.catAttrs name (map (module: module.config) loaded);
      last = values: builtins.elemAt values (builtins.length values - 1);
      valueOf = name: option:
        let found = definitions name; in
        if found == [ ] then option.default else (option.merge or last) found;
      config = builtins.mapAttrs valueOf options;
    in
    config;
in
evaluate modules
