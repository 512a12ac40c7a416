let x = 1; s = { y = 2; z = 3; }; in
{
  a = { inherit x; };
  a.w = 4;
  b.inherited = { inherit (s) y z; };
  b.c = 5;
  inherit (s) y;
}
