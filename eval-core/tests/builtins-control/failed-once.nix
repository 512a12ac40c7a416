# A thunk that failed stays failed, and is not evaluated again.
let t = builtins.trace "once" (throw "x"); in [ (builtins.tryEval t) (builtins.tryEval t) ]
