let
  fix = f: let x = f x; in x;
  extends = overlay: f: final: let prev = f final; in prev // overlay final prev;
  base = final: { a = 1; b = final.a + 1; c = final.b * 10; };
  one = final: prev: { a = prev.a + 100; };
  two = final: prev: { d = final.c; b = prev.b + 1000; };
in
[ (fix base) (fix (extends one base)) (fix (extends two (extends one base))) ]
