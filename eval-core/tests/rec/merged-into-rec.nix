# A path that goes on into a `rec` belongs to it, and sees its scope.
rec {
  a = rec { x = 1; y = x; };
  a.z = x;
  x = "outer";
  b.c = 1;
  b.d = x;
}
