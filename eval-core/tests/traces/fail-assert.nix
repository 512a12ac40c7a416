let check = a: assert a.x == 2; a; in check { x = 1; }
