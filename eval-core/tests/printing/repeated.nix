# A value that was printed already is not printed again, unless it is empty.
let x = { a = 1; }; l = [ 1 ]; e = { }; n = [ ]; in
[ x x l l e e n n { inherit x; } ]
