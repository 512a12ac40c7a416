let a = 6; b = 2; f = x: x; in
[
  (a / b)
  (a/ b)
  (builtins.typeOf a/b)
  (f /x)
  (a - b)
  (builtins.typeOf (f ./x))
  [ a /b ]
]
