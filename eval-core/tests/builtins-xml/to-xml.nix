map builtins.toXML [
  1 (-2) 1.5 "text" "<&>\"'" true false null [ ] [ 1 "a" ] { } { b = 1; a = [ 2 ]; } ./x (x: x)
  ({ a, b ? 1 }: a) ({ a, ... }: a) (args@{ a, ... }: a) builtins.add (builtins.add 1)
  { "a b" = 1; "\"<" = 2; } "line\nline" "é"
]
