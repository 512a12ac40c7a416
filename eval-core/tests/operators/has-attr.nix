let s = { a.b.c = 1; n = null; "x y" = 1; t = throw "unused"; }; name = "a"; in
[
  (s ? a) (s ? z) (s ? a.b) (s ? a.b.c) (s ? a.b.d) (s ? a.b.c.d)
  (s ? n.x) (s ? "x y") (s ? ${name}) (s ? ${name}.b) (s ? "${name}")
  (1 ? a) ([ ] ? a) ("a" ? b) (null ? a)
  (s ? t)
  (!s ? z)
]
