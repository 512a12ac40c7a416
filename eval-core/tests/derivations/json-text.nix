# `__json` is parsed and written again: keys are sorted, numbers are normal.
let drv = more: derivationStrict ({ name = "json"; system = "s"; builder = "b"; } // more); in
[
  (drv { __json = ''{ "z": 1.50, "a": [ 1, null, { "c": "\u00e9", "b": true } ] }''; })
  (drv { __json = "{}"; outputs = [ "out" "zz" "_a" ]; })
]
