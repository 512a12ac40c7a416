{
  add = 1 + 2;
  subtract = 1 - 2;
  multiply = 3 * 4;
  divide = [ (7 / 2) (-7 / 2) (7 / -2) (-7 / -2) ];
  mixed = [ (1 + 1.5) (1.5 - 1) (2 * 0.5) (1 / 2.0) ];
  negate = [ (-(1 + 2)) (-1.5) (- -1.5) ];
  chain = 10 - 3 - 2;
  divisions = 100 / 5 / 2;
  floatDivision = [ (5.0 / 2) (1.0e308 * 10) ];
}
