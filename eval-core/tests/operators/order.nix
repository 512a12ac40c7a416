# `//` evaluates its right side first, the other operators their left.
let
  t = m: throw m;
  first = e: builtins.tryEval e;
in
[
  (first (builtins.seq (t "l") (t "r"))).success
  (builtins.foldl' (a: b: b - a) 0 [ 1 2 3 ])
]
