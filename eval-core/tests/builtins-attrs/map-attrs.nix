with builtins;
[
  (mapAttrs (n: v: "${n}=${toString v}") { a = 1; b = 2; })
  (mapAttrs (throw "unused") { })
  (attrNames (mapAttrs (n: v: throw "unused") { x = throw "unused"; }))
  (mapAttrs (n: v: v) { b = 1; a = { c = 1; }; })
]
