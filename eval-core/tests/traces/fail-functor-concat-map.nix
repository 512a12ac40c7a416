let s = { a = 1; }; in builtins.concatMap { __functor = self: x: s; } [ s ]
