{ inherit (builtins.mapAttrs (name: value: throw "x") { k = 1; }) k; }
