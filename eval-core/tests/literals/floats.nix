{
  plain = 1.5;
  noInteger = .5;
  noFraction = 1.;
  exponent = 1.5e3;
  capital = 2.0E+2;
  negativeExponent = 25.0e-4;
  six = 1234567.0;
  small = 0.0000123;
  third = 1.0 / 3;
  whole = 2.0;
  large = 1.0e300 * 10;
  infinite = 1.0e308 * 10;
  negativeZero = -0.0;
}
