# Derivations that make derivations: outputs of outputs are placeholders, and inputs nest.
let
  maker = derivation { name = "made.drv"; system = "s"; builder = "b"; __contentAddressed = true; outputHashMode = "text"; outputHashAlgo = "sha256"; };
  user = made: derivationStrict { name = "user"; system = "s"; builder = "b"; inherit made; };
in
[
  maker.outPath
  maker.drvPath
  (builtins.hasContext maker.outPath)
  (user maker)
]
