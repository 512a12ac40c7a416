let
  a.b = 1;
  a.c.d = 2;
  "quoted name" = 3;
  ${"dynamic-constant"} = 4;
in
[ a dynamic-constant ]
