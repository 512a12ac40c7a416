let
  nest = n: if n == 0 then [ ] else [ (nest (n - 1)) ];
  wide = builtins.genList (i: { inherit i; s = toString i; }) 500;
in
[ (nest 1000 == nest 1000) (nest 1000 == nest 999) (wide == wide) (wide == builtins.genList (i: { inherit i; s = toString i; }) 500) ]
