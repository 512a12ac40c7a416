{ y = x + 1; inherit builtins; }
