# Attributes are compared in the order in which their names first occurred in the program, not by the alphabet.
let succeeds = x: (builtins.tryEval x).success; in
[
  (succeeds ({ zq = 1; aq = throw "A"; } == { zq = 2; aq = 1; }))
  (succeeds ({ bq = throw "B"; yq = 1; } == { bq = 2; yq = 2; }))
  (succeeds ({ a1 = 1; b1 = throw "B"; } == { b1 = throw "B"; a1 = 2; }))
]
