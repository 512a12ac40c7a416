# JSON, written and read.
let
  inherit (builtins) fromJSON genList hashString length listToAttrs toJSON;
  value = genList (i: {
    id = i;
    name = "package \"${toString i}\"";
    tags = [ "a" "b" (toString i) ];
    nested = { float = i / 3.0; flag = i / 2 * 2 == i; nothing = null; deps = listToAttrs (genList (j: { name = "dep${toString j}"; value = j; }) 10); };
  }) 8000;
  text = toJSON value;
in
{ length = builtins.stringLength text; hash = hashString "sha256" text; same = fromJSON text == value; count = length (fromJSON text); }
