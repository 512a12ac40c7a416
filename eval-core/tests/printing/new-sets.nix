# What a builtin makes is a new set, even when it has the attributes of its argument: it is printed again.
let
  inherit (builtins) intersectAttrs mapAttrs;
  a = { a = 1; };
  b = a // { b = 2; };
in
[
  a
  (removeAttrs a [ ])
  (removeAttrs a [ "z" ])
  (intersectAttrs a a)
  (intersectAttrs b a)
  (mapAttrs (name: value: value) a)
  b
  (removeAttrs b [ ])
  (intersectAttrs b b)
  (b // { })
  ({ } // b)
]
