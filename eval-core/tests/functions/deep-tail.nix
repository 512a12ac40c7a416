# Not so deep that Nix's limit of 10,000 calls would be met.
let
  count = n: if n == 0 then "done" else count (n - 1);
  sum = n: if n == 0 then 0 else n + sum (n - 1);
in
[ (count 9000) (sum 5000) (builtins.foldl' (a: b: a + b) 0 (builtins.genList (i: i) 100000)) ]
