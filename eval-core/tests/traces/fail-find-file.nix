builtins.findFile [ { path = x: x; } ] "y"
