[
  (./a + "b")
  (./a + "/b")
  (./a + "/../b")
  (/a + "/.")
  (./a + /b)
  (/. + "x")
  (/x + { outPath = "/y"; })
  (builtins.typeOf (./a + "b"))
]
