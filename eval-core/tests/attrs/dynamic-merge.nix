# Constant names merge when parsed; computed ones cannot, and are sets of their own.
let a = "a"; in
[
  { ${"x"}.y = 1; x.z = 2; }
  { x.${a} = 1; x.b = 2; }
  { x = { ${a} = 1; }; x.b = 2; }
]
