builtins.trace "evaluated" { }
