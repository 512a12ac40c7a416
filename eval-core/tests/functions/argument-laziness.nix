let
  f = x: if x == null then "null" else "value";
  g = { x, y }: x;
in
[
  (g { x = 1; y = throw "unused"; })
  ((x: y: y) (throw "unused") 2)
  (builtins.length (builtins.map (x: throw "unused") [ 1 2 ]))
  (f null)
]
