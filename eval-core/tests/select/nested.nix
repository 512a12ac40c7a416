let s = { a = { b = { c = "abc"; }; "d e" = 2; }; l = [ { x = 1; } ]; }; k = "a"; in
[
  s.a.b.c s.a."d e" s.${k}.b.c s."${k}".b (builtins.head s.l).x
  (rec { x = { y = 1; }; z = x.y; }).z
  { a = 1; }.a
  (import ./files/imported.nix).deep.value
]
