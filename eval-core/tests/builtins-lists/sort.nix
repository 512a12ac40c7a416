with builtins;
{
  numbers = sort lessThan [ 3 1 2 ];
  descending = sort (a: b: a > b) [ 3 1 2 10 ];
  strings = sort lessThan [ "b" "a" "B" "" "é" "aa" ];
  stable = sort (a: b: a.k < b.k) [ { k = 1; v = "a"; } { k = 0; v = "b"; } { k = 1; v = "c"; } { k = 0; v = "d"; } ];
  empty = sort (throw "unused") [ ];
  single = sort lessThan [ (1 + 1) ];
  mixed = sort lessThan [ 2 1.5 1 2.5 ];
  lists = sort lessThan [ [ 2 ] [ 1 5 ] [ 1 ] [ ] ];
  many = sort lessThan (genList (i: let x = i * 7919; in x - (x / 101) * 101) 101) == genList (i: i) 101;
  runs = sort lessThan ([ 5 6 7 8 1 2 3 4 ] ++ genList (i: 20 - i) 10);
  equal = sort (a: b: false) [ 3 1 2 ];
}
