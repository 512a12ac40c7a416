let mk = extra: derivation ({ name = "n"; system = "s"; builder = "b"; } // extra); in
[
  (mk { } == mk { })
  (mk { } == mk { x = 1; })
  (mk { } == mk { } // { meta = throw "unused"; })
  ({ type = "derivation"; outPath = "x"; a = 1; } == { type = "derivation"; outPath = "x"; a = throw "unused"; })
]
