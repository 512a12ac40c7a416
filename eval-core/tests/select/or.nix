let s = { a.b = 1; n = null; f = x: x; }; name = "b"; in
[
  (s.a.b or 2) (s.a.c or 2) (s.x.y.z or 3) (s.n.x or 4) (s.a.b.c or 5)
  (s.a.${name} or 6) (s.${"q"} or 7) (s."a"."b" or 8)
  ({ }.a or { }.b or 9)
  (s.f or 10) 
  ([ ].a or 12)
  [ s.x or 1 s.a.b or 2 ]
  (s.x or s.a).b
  (-s.x or 13)
]
