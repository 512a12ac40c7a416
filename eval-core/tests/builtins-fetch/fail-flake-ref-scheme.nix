builtins.parseFlakeRef "nope:a/b/c"
