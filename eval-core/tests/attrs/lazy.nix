let s = { a = throw "unused"; b = 1; c = s.b + 1; }; in
[ s.b s.c (builtins.attrNames s) (s ? a) ]
