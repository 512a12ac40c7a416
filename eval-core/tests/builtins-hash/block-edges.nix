# Lengths around the ends of the hash functions' blocks.
with builtins;
let text = n: concatStringsSep "" (genList (i: "a") n); in
map (n: map (a: substring 0 12 (hashString a (text n))) [ "md5" "sha1" "sha256" "sha512" ]) [ 55 56 57 63 64 65 111 112 113 119 120 127 128 129 ]
