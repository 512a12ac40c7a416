with builtins;
let
  left = { a = throw "unused"; b = throw "unused"; };
  many = listToAttrs (genList (i: { name = "k${toString i}"; value = i; }) 50);
in
[
  (intersectAttrs { a = 1; b = 2; } { b = 3; c = 4; })
  (intersectAttrs left { a = 1; z = 2; })
  (intersectAttrs { } { a = 1; })
  (intersectAttrs { a = 1; } { })
  (intersectAttrs { k3 = 1; k49 = 1; zz = 1; } many)
  (intersectAttrs many { k7 = "right"; q = 1; })
]
