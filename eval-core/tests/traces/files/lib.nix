{
  double = n: n * 2;
}
