builtins.flakeRefToString { type = "path"; path = [ ]; }
