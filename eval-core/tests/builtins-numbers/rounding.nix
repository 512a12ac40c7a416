with builtins;
{
  ceil = map ceil [ 1.1 1.9 2.0 (-1.1) (-1.9) 3 (-3) 0.0 ];
  floor = map floor [ 1.1 1.9 2.0 (-1.1) (-1.9) 3 (-3) 0.0 ];
  types = map typeOf [ (ceil 1.5) (floor 1.5) ];
  large = [ (ceil 4503599627370496.5) (floor 9007199254740991.0) ];
}
