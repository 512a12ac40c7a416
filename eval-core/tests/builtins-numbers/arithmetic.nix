with builtins;
{
  add = [ (add 1 2) (add 1.5 1) (add (-1) 1) ];
  sub = [ (sub 1 2) (sub 1 0.5) ];
  mul = [ (mul 3 4) (mul 0.5 4) ];
  div = [ (div 7 2) (div (-7) 2) (div 7 2.0) ];
  partial = map (add 10) [ 1 2 ];
  global = [ (__add 1 2) (__sub 3 1) (__mul 2 2) (__div 9 3) ];
}
