builtins.deepSeq (map { __functor = self: x: x.missing; } [ { } ]) 1
