with builtins;
[
  (concatStringsSep ", " [ "a" "b" "c" ])
  (concatStringsSep "" [ ])
  (concatStringsSep "," [ "a" ])
  (concatStringsSep "/" [ "" "a" "" ])
  (concatStringsSep "-" [ { outPath = "o"; } { __toString = _: "t"; } ])
  (typeOf (concatStringsSep "," [ ]))
]
