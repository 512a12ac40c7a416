# `1e3` has no dot: it is the integer 1 applied to the variable e3.
let e3 = 5; in [ (builtins.tryEval e3).value 1e3 ]
