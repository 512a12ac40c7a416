let values = builtins.mapAttrs (name: value: values.own) { own = 1; }; in [ values.own ]
