let
  a = 1;
  b = a + 1;
  c = let a = 10; in a + b;
  d = x: let y = x; in y + a;
  e = let e = 5; in e;
in
[ a b c (d 3) e (let in 1) (let z = z'; z' = 9; in z) ]
