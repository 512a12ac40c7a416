let
  x = 1;
  s = { a = 2; b = { c = 3; }; };
  inner = let inherit x; inherit (s) a b; inherit (b) c; in [ x a b c ];
  quoted = let inherit (s) "a"; in a;
  set = { inherit x; inherit (s) a; inherit (s.b) c; inherit; };
  lazy = { inherit (throw "unused") z; w = 1; };
in
[ inner quoted set lazy.w ]
