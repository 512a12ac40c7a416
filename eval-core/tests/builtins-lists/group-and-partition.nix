with builtins;
{
  groupBy = [ (groupBy (x: if x > 2 then "big" else "small") [ 1 2 3 4 ]) (groupBy (substring 0 1) [ "ab" "b" "ac" ]) (groupBy (x: x) [ ]) ];
  partition = [ (partition (x: x > 2) [ 1 2 3 4 ]) (partition (x: true) [ ]) ];
  lazyElements = attrNames (groupBy (x: "k") [ (throw "unused") ]);
}
