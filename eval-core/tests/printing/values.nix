{
  inherit (builtins) add;
  partial = builtins.add 1;
  lambda = x: x;
  formals = { a }: a;
  "needs quotes" = 1;
  if' = 1;
  "if" = 2;
  "a-b" = 3;
  "a'b" = 4;
  "1a" = 5;
  string = "a\nb\t\"\\\${x} $x \r";
  path = /a/b;
}
