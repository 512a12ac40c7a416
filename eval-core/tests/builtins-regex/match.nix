with builtins;
{
  none = match "a" "b";
  whole = [ (match "a" "a") (match "a" "ab") (match "a.*" "ab") (match "" "") (match "" "a") ];
  groups = [ (match "(a)(b)" "ab") (match "([a-z]+)-([0-9]+)" "abc-123") (match "(a)|(b)" "b") (match "((a)b)" "ab") ];
  optional = [ (match "(a)?b" "b") (match "(a*)b" "b") (match "(a|b)*" "abab") ];
  classes = [ (match "[[:alpha:]]+" "abcXYZ") (match "[[:digit:]]+" "12a") (match "[^a-c]+" "xyz") (match "[]a]+" "]a]") (match "[a-]+" "a-a") (match "[[:space:]]*" " \t\n") (match "[[:upper:][:digit:]_]+" "A_1") ];
  classNames = map (c: filter (s: match "[[:${c}:]]" s != null) [ "a" "A" "1" " " "_" "." "f" "\t" ]) [ "alnum" "alpha" "blank" "digit" "graph" "lower" "print" "punct" "space" "upper" "xdigit" ];
  counts = [ (match "a{2}" "aa") (match "a{2}" "aaa") (match "a{1,2}" "a") (match "a{2,}" "aaaa") (match "(ab){2}" "abab") (match "a{0}" "") ];
  anchors = [ (match "^a$" "a") (match "a^b" "a^b") (match "(^a)b" "ab") ];
  escapes = [ (match "\\." ".") (match "\\." "a") (match "\\(\\)" "()") (match "a\\+" "a+") (match "\\\\" "\\") ];
  newline = [ (match "a.b" "a\nb") (match ".*" "a\nb") ];
  greedy = match "(.*)(b*)" "abb";
  alternatives = [ (match "(a|ab)(c|bcd)" "abcd") (match "a|ab|abc" "abc") ];
  loops = [ (match "(a*)*" "aa") (match "(a*)+" "b") (match "(a|b)*c" "ababc") ];
  store = match "/nix/store/([a-z0-9]{32})-(.*)" "/nix/store/52jqnfnfkwkr81chrwna687dv7z8xa90-text.txt";
  bytes = [ (match ".." "é") (match "é" "é") (match "[é]" "é") ];
}
