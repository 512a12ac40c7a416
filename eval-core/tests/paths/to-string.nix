[
  (toString ./a)
  (toString /x/../y)
  (builtins.typeOf (toString ./a))
  (builtins.hasContext (toString ./a))
  (baseNameOf ./a.b)
  (dirOf ./a/b)
  (builtins.typeOf (dirOf ./a/b))
]
