# Functions are equal only where the very same value cell is compared.
let
  f = x: x;
  g = f;
  s = { inherit f; };
  l = [ f ];
  id = x: x;
in
{
  direct = f == f;
  alias = f == g;
  inLists = [ f ] == [ f ];
  aliasInLists = [ f ] == [ g ];
  selected = [ s.f ] == [ s.f ];
  sets = { x = f; } == { x = f; };
  sameSet = s == s;
  sameList = l == l;
  setInherit = { inherit f; } == { inherit f; };
  primops = builtins.map == builtins.map;
  primopsInLists = [ builtins.map ] == [ builtins.map ];
  partial = builtins.add 1 == builtins.add 1;
  elem = builtins.elem f [ f ];
  throughCall = [ (id f) ] == [ (id f) ];
  functors = { __functor = f; } == { __functor = f; };
}
