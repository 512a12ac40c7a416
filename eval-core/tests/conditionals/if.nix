[
  (if true then 1 else throw "unused")
  (if false then throw "unused" else 2)
  (if 1 < 2 then if false then "a" else "b" else "c")
  ((if true then builtins.add else builtins.sub) 1 2)
]
