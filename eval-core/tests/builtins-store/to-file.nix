with builtins;
let f = toFile "name.txt" "contents"; in
[ f (getContext f) (toFile "refers" "to ${f}") (toFile "empty" "") (toFile "unicode-+_?=." "é\n") (dirOf f) ]
