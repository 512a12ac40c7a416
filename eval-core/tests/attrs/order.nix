# Printed by the bytes of the names.
{ b = 1; a = 2; B = 3; A = 4; "é" = 5; z = 6; "-" = 7; "10" = 8; "9" = 9; aa = 10; "a-" = 11; }
