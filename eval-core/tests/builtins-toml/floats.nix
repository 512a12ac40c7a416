builtins.mapAttrs (n: toString) (builtins.fromTOML ''
  a = 1.0
  b = inf
  c = -inf
  d = 6.626e-34
  e = 1_0.5
  f = -0.0
'')
