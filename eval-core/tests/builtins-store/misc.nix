with builtins;
[
  (placeholder "out") (placeholder "dev") (placeholder "")
  storeDir
  (map (p: [ (storePath p) (getContext (storePath p)) ]) [ "/nix/store/52jqnfnfkwkr81chrwna687dv7z8xa90-text.txt" "/nix/store/52jqnfnfkwkr81chrwna687dv7z8xa90-text.txt/in/it" ])
  (unsafeDiscardStringContext (toFile "a" "b"))
]
