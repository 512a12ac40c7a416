with builtins;
{
  sum = foldl' (a: b: a + b) 0 [ 1 2 3 4 ];
  order = foldl' (a: b: "(${a}${b})") "_" [ "a" "b" "c" ];
  empty = foldl' (a: b: throw "unused") 5 [ ];
  strict = (tryEval (foldl' (a: b: b) null [ (throw "not the accumulator") 2 ])).value;
  accumulatorIsForced = (tryEval (foldl' (a: b: if b == 1 then throw "forced" else 0) 0 [ 1 2 ])).success;
  initialIsLazy = foldl' (a: b: b) (throw "unused") [ 1 ];
  sets = foldl' (a: b: a // { ${b} = stringLength b; }) { } [ "x" "yy" ];
  lists = foldl' (a: b: [ b ] ++ a) [ ] [ 1 2 3 ];
  elements = foldl' (a: _: a + 1) 0 [ (throw "unused") (throw "unused") ];
}
