with builtins;
[ (map (a: hashFile a ./file.txt) [ "md5" "sha1" "sha256" "sha512" ]) (hashFile "sha256" ./file.txt == hashString "sha256" "some text") (hashFile "md5" (toString ./file.txt)) ]
