with builtins;
let same = x: fromJSON (toJSON x) == x; in
map same [ null true 1 1.5 0.1 (1.0 / 3) 1.0e300 "é\n\"" [ 1 [ ] ] { a.b.c = [ { } ]; } 9223372036854775807 ]
