# Sorting, with the builtin and by hand.
let
  inherit (builtins) filter foldl' genList head length lessThan sort tail;
  mod = a: b: a - a / b * b;
  numbers = n: foldl' (s: i: { next = mod (s.next * 1103515245 + 12345) 2147483648; list = s.list ++ [ s.next ]; }) { next = 42; list = [ ]; } (genList (i: i) n);
  random = (numbers 5000).list;
  quick = l: if length l < 2 then l else let p = head l; rest = tail l; in quick (filter (x: x < p) rest) ++ [ p ] ++ quick (filter (x: x >= p) rest);
  sorted = sort lessThan random;
  records = sort (a: b: a.key < b.key || (a.key == b.key && a.name < b.name)) (map (x: { key = mod x 100; name = toString x; }) random);
in
{ equal = sorted == quick random; first = head sorted; record = (head records).name; strings = head (sort lessThan (map toString random)); }
