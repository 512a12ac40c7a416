# Inputs are sorted by path, their outputs by name; equal hashes become one input of the hash.
let
  drv = name: more: derivation ({ inherit name; system = "s"; builder = "b"; } // more);
  fixed = url: drv "same" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; inherit url; };
  many = builtins.genList (i: drv "d${toString i}" { outputs = [ "out" "lib" "dev" ]; }) 20;
in
[
  (drv "all" { deps = map (d: [ d.dev d.out ]) many; }).drvPath
  (drv "reversed" { deps = map (d: [ d.out d.dev ]) many; }).drvPath
  (drv "fixed" { a = fixed "x"; b = fixed "y"; }).outPath
  (drv "fixed" { a = fixed "z"; b = fixed "z"; }).outPath
  (drv "files" { a = builtins.toFile "a" "1"; b = builtins.toFile "b" "${builtins.toFile "a" "1"}"; c = many; }).drvPath
]
