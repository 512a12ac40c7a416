builtins.fromTOML ''
  # a comment
  title = "TOML"
  int = 42
  negative = -17
  underscores = 1_000_000
  hex = 0xDEADbeef
  oct = 0o755
  bin = 0b1101
  float = 3.14
  exponent = 5e+22
  negative-exponent = -2E-2
  yes = true
  no = false
  array = [ 1, 2, 3 ]
  mixed = [ "a", 1, [ true ] ]
  multi = [
    1,
    2, # trailing comma
  ]
  inline = { x = 1, y = "z", n.m = 2 }
  "quoted key" = 1
  'literal key' = 2
  dotted.key.path = 3
  dotted.other = 4
  1234 = "bare number"
  empty = ""

  [table]
  a = 1

  [table.sub]
  b = 2

  [a.b.c]
  d = 3

  [[points]]
  x = 1

  [[points]]
  x = 2
  [points.inner]
  y = 3

  [[points]]
''
