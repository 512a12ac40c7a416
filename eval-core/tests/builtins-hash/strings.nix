with builtins;
let of = s: map (a: hashString a s) [ "md5" "sha1" "sha256" "sha512" ]; in
[ (of "") (of "abc") (of (concatStringsSep "" (genList (i: "0123456789") 100))) (hashString "sha256" "é") ]
