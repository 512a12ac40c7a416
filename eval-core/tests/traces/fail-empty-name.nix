[ (builtins.deepSeq (builtins.mapAttrs (name: value: throw name) (builtins.listToAttrs [ { name = "m"; value = 1; } { name = ""; value = 1; } ])) 1) ]
