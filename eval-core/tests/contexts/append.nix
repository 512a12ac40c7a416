with builtins;
let
  d = derivation { name = "d"; system = "s"; builder = "b"; };
  drv = unsafeDiscardStringContext d.drvPath;
  src = "/nix/store/52jqnfnfkwkr81chrwna687dv7z8xa90-text.txt";
in
[
  (getContext (appendContext "x" { }))
  (getContext (appendContext "x" { ${drv}.outputs = [ "out" "dev" ]; }))
  (getContext (appendContext "x" { ${drv}.allOutputs = true; }))
  (getContext (appendContext "x" { ${src}.path = true; }))
  (getContext (appendContext "x" { ${drv} = { outputs = [ "out" ]; path = true; allOutputs = true; }; }))
  (getContext (appendContext "${d}" { ${src}.path = true; }))
  (appendContext "x" (getContext d.drvPath) == "x")
]
