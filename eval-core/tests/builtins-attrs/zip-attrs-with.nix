with builtins;
[
  (zipAttrsWith (n: vs: vs) [ { a = 1; } { a = 2; b = 3; } { c = 4; a = 5; } ])
  (zipAttrsWith (n: vs: "${n}${toString (length vs)}") [ { x = 1; } { x = throw "unused"; } ])
  (zipAttrsWith (n: throw "unused") [ ])
  (zipAttrsWith (n: throw "unused") [ { } { } ])
]
