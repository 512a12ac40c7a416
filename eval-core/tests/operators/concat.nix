[
  ([ 1 ] ++ [ 2 ])
  ([ ] ++ [ ])
  ([ 1 ] ++ [ ] ++ [ 2 3 ])
  (builtins.length ([ (throw "unused") ] ++ [ (throw "unused") ]))
  ([ 1 ] ++ [ [ 2 ] ])
]
