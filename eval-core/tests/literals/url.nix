[
  https://example.org/a?b=c&d=e
  x:x
  git+ssh://user@host:22/~/p%20q
  (builtins.typeOf a:b)
  ((x: x) 1)
]
