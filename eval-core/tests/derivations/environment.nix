# How values become the builder's environment.
let
  base = { name = "env"; system = "s"; builder = "b"; };
  hash = extra: (derivation (base // extra)).drvPath;
in
builtins.mapAttrs (n: v: hash { x = v; }) {
  string = "text";
  int = 42;
  float = 1.5;
  true' = true;
  false' = false;
  null' = null;
  list = [ "a" 1 [ "b" null true ] ];
  emptyList = [ ];
  file = ./file.txt;
  derivation = derivation (base // { name = "dep"; });
  toStringSet = { __toString = _: "set"; };
  unicode = "é\n\"\\\t\r";
}
