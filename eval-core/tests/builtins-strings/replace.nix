with builtins;
[
  (replaceStrings [ "a" "b" ] [ "1" "2" ] "abcab")
  (replaceStrings [ "ab" "a" ] [ "X" "Y" ] "aab")
  (replaceStrings [ "a" "ab" ] [ "Y" "X" ] "aab")
  (replaceStrings [ ] [ ] "abc")
  (replaceStrings [ "" ] [ "-" ] "abc")
  (replaceStrings [ "a" "" ] [ "A" "-" ] "abc")
  (replaceStrings [ "" "a" ] [ "-" "A" ] "abc")
  (replaceStrings [ "x" ] [ (throw "unused") ] "abc")
  (replaceStrings [ "\n" "\t" ] [ "\\n" "\\t" ] "a\nb\tc")
  (replaceStrings [ "a" ] [ "aa" ] "aaa")
  (replaceStrings [ "é" ] [ "e" ] "été")
  (replaceStrings [ "a" ] [ "" ] "banana")
  (replaceStrings [ "a" "a" ] [ "1" "2" ] "a")
  (replaceStrings [ "" ] [ "x" ] "")
]
