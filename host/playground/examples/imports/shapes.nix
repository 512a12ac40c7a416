{
  square = side: { area = side * side; around = 4 * side; };
  rectangle = a: b: { area = a * b; around = 2 * (a + b); };
}
