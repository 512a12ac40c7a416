with builtins;
[
  (trace "message" 1)
  (trace { a = 1; } 2)
  (traceVerbose "not shown" 3)
  (warn "warning" 4)
  (addErrorContext "context" 5)
  (break 6)
]
