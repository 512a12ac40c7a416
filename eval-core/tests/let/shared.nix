# A binding is evaluated once: a trace would show twice otherwise. Sharing is visible in identity, too.
let f = x: x; s = { inherit f; }; t = { g = s.f; }; in
[ ([ f ] == [ f ]) (s == s) ]
