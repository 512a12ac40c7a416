with builtins;
{
  head = [ (head [ 1 2 ]) (head [ 1 (throw "unused") ]) ];
  tail = [ (tail [ 1 2 3 ]) (tail [ 1 ]) ];
  length = [ (length [ ]) (length [ (throw "unused") 2 ]) ];
  elemAt = [ (elemAt [ "a" "b" ] 0) (elemAt [ "a" "b" ] 1) ];
  elem = [ (elem 1 [ 1 2 ]) (elem 3 [ 1 2 ]) (elem { a = 1; } [ { a = 1; } ]) (elem 1 [ 1.0 ]) (elem 1 [ 1 (throw "unused") ]) (elem "a" [ ]) ];
  concatLists = [ (concatLists [ [ 1 ] [ ] [ 2 3 ] ]) (concatLists [ ]) (concatLists [ [ [ 1 ] ] ]) ];
  concatMap = [ (concatMap (x: [ x x ]) [ 1 2 ]) (concatMap (x: [ ]) [ 1 2 ]) (concatMap (x: x) [ ]) ];
  genList = [ (genList (x: x * x) 5) (genList (x: x) 0) (length (genList (x: throw "unused") 3)) ];
  map = [ (map (x: x + 1) [ 1 2 3 ]) (map toString [ 1 "a" true ]) (map (x: x) [ ]) ];
  filter = [ (filter (x: x > 1) [ 1 2 3 ]) (filter (x: false) [ (throw "unused") ]) (filter (x: true) [ ]) ];
  all = [ (all (x: x > 0) [ 1 2 ]) (all (x: x > 1) [ 1 (throw "unused") ]) (all (x: x) [ ]) ];
  any = [ (any (x: x > 1) [ 1 2 (throw "unused") ]) (any (x: x > 5) [ 1 2 ]) (any (x: x) [ ]) ];
}
