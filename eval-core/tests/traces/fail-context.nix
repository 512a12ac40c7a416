builtins.addErrorContext "while doing something" (builtins.addErrorContext "while doing more" (1 + null))
