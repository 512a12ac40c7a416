builtins.toJSON ""
