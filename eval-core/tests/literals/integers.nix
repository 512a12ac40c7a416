{
  zero = 0;
  leadingZeros = 007;
  largest = 9223372036854775807;
  smallest = -9223372036854775807 - 1;
  negated = -1;
  twiceNegated = - -1;
  list = [ 1 (-1) 2 ];
}
