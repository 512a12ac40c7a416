[
  ("a" + "b")
  ("a" + "" + "b")
  ("a" + { outPath = "o"; })
  ("a" + { __toString = _: "t"; })
  ("x" + "${"y"}" + "z")
  (builtins.stringLength ("é" + "x"))
]
