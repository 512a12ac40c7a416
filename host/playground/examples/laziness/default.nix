# Nothing is computed before somebody wants to know it.
#
# In the tree of the value, what has not been computed is marked; opening it computes it. `builtins.trace` says on "Output" when that happens.
let
  said = text: value: builtins.trace "computing ${text}" value;

  # Never an error, unless somebody looks at it.
  broken = throw "you looked at it";

  # A list without end: each element is made when it is needed.
  from = n: { head = n; tail = from (n + 1); };
  take = count: stream: if count == 0 then [ ] else [ stream.head ] ++ take (count - 1) stream.tail;
in
{
  a = said "a" 1;

  # Computed once, though it is used twice: "twice" is said once.
  b = let twice = said "twice" 21; in twice + twice;

  # The length of a list does not depend on what its elements are.
  length = builtins.length [ broken broken broken ];

  # `&&`, `||` and `->` look at their right side only where it matters.
  safe = false && broken;

  firstFive = take 5 (from 1);

  # `seq` computes its first argument before it returns the second; `deepSeq` computes all that is in it.
  seq = builtins.seq (said "first" 0) "second";

  # tryEval catches `throw` and failed assertions.
  caught = builtins.tryEval broken;
}
