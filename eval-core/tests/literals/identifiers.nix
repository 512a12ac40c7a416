let
  a-b = 1;
  a' = 2;
  _x = 3;
  a-1 = 4;
  or' = 5;
  truey = 6;
  x'-y_ = 7;
in
[ a-b a' _x a-1 or' truey x'-y_ ]
