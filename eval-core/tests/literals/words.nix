# true, false and null are variables, which can be shadowed.
let
  shadowed = let true = "yes"; null = 1; in [ true null ];
in
[ true false null shadowed ]
