let
  id = x: x;
  const = x: y: x;
  add = x: y: x + y;
  compose = f: g: x: f (g x);
  add1 = add 1;
  twice = f: compose f f;
in
[
  (id 1) (const 1 (throw "unused")) (add 1 2) (add1 5) (twice (twice add1) 0)
  ((x: y: z: [ x y z ]) 1 2 3)
  ((x: (x: x) (x + 1)) 1)
  ((_: 1) (throw "unused"))
  (builtins.map (x: x * x) [ 1 2 3 ])
]
