let values = builtins.mapAttrs (name: builtins.trace name (value: values.own)) { own = 1; }; in [ values.own ]
