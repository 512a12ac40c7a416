builtins.foldl' (a: b: a + b.value) 0 [ { value = 1; } { } ]
