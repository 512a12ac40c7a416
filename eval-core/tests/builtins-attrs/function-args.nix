with builtins;
[
  (functionArgs ({ a, b ? 2, ... }: a))
  (functionArgs ({ }: 1))
  (functionArgs (x: x))
  (functionArgs (args@{ z, a ? throw "unused" }: z))
]
