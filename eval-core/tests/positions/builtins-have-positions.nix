# Nothing was written anywhere for these.
[ (builtins.unsafeGetAttrPos "map" builtins) (builtins.unsafeGetAttrPos "name" (builtins.parseDrvName "a-1")) (builtins.unsafeGetAttrPos "a" (builtins.fromJSON "{\"a\":1}")) ]
