let f = n: if n == 0 then "bottom" else f (n - 1); in [ (f 9000) (builtins.tryEval (f 100)).success ]
