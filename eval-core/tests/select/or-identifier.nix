# `or` is a word only after a selection: elsewhere it is a name.
let or = 1; f = x: y: [ x y ]; s = { or = 2; }; in
[
  s.or
  { inherit or; }
  (s ? or)
  (s.or or 3)
  (s.x or s.or)
]
