let hash = extra: (derivation ({ name = "n"; system = "s"; builder = "b"; } // extra)).drvPath; in
[
  (hash { __ignoreNulls = true; a = null; } == hash { __ignoreNulls = true; })
  (hash { a = null; } == hash { a = ""; })
  (hash { __ignoreNulls = false; a = null; } == hash { })
]
