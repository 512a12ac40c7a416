let
  d = derivation { name = "lazy"; system = "s"; builder = throw "unused"; };
  strict = builtins.derivationStrict { name = "strict"; system = "s"; builder = "b"; };
in
[ d.name d.type (d ? drvPath) strict (builtins.attrNames strict) ]
