with builtins;
[
  (listToAttrs [ { name = "b"; value = 1; } { name = "a"; value = 2; } ])
  (listToAttrs [ { name = "a"; value = "first"; } { name = "a"; value = "second"; } ])
  (listToAttrs [ ])
  (attrNames (listToAttrs [ { name = "a"; value = throw "unused"; } ]))
  (listToAttrs [ { name = "x"; value = 1; other = throw "unused"; } ])
]
