# Impure and floating outputs are placeholders, and what depends on them is deferred.
let
  drv = name: more: derivation ({ inherit name; system = "s"; builder = "b"; } // more);
  impure = drv "impure" { __impure = true; outputs = [ "out" "doc" ]; };
  floating = drv "floating" { __contentAddressed = true; outputHashAlgo = "sha512"; outputHashMode = "flat"; };
  fixed = drv "fixed" { outputHash = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="; inherit floating; };
in
map (d: [ d.drvPath d.outPath ]) [
  impure
  impure.doc
  floating
  fixed
  (drv "deferred" { inherit impure floating; })
  (drv "twice-deferred" { x = drv "deferred" { inherit impure; }; })
  (drv "through-fixed" { inherit fixed; })
]
