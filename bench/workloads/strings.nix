# Strings: interpolated, concatenated, cut, replaced, compared, hashed.
let
  inherit (builtins) concatStringsSep foldl' genList hashString replaceStrings stringLength substring;
  line = i: "line ${toString i} of ${toString (i * 7)}: the quick brown fox";
  text = concatStringsSep "\n" (genList line 12000);
  replaced = replaceStrings [ "quick" "brown" "\n" "1" ] [ "slow" "grey" " | " "one" ] text;
  words = foldl' (acc: i: acc + stringLength (substring (i * 13) 20 replaced)) 0 (genList (i: i) 50000);
  grown = foldl' (acc: i: acc + "x${toString i}") "" (genList (i: i) 1500);
  equal = builtins.length (builtins.filter (i: line i == line (i + 0)) (genList (i: i) 50000));
in
{ inherit words equal; length = stringLength replaced; grown = hashString "sha256" grown; hash = hashString "sha256" text; }
