let
  inf = 1.0e308 * 10;
  nan = inf - inf;
  x = { a = throw "unused"; };
  l = [ (throw "unused") ];
in
{
  nan = nan == nan;
  nanInList = [ nan ] == [ nan ];
  sameInList = [ x ] == [ x ];
  elem = builtins.elem x [ x ];
  throwing = (builtins.tryEval (x == x)).success;
  lists = (builtins.tryEval (l == l)).success;
}
