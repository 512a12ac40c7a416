# Work is done once: exponential otherwise.
let
  step = x: [ x x ];
  depth = n: if n == 0 then 1 else let r = depth (n - 1); in r + r;
  attrs = n: s: if n == 0 then s else attrs (n - 1) { a = s.a + s.a; };
in
[ (depth 40) (attrs 40 { a = 1; }).a (builtins.length (step (depth 30))) ]
