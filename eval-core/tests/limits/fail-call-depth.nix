let f = n: if n == 0 then "bottom" else f (n - 1); in f 500
