builtins.path { path = /.; name = 1; }
