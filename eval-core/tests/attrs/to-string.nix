let
  both = { __toString = _: "to string"; outPath = "out path"; };
  self = { name = "n"; __toString = self: "<${self.name}>"; };
  inner = { outPath = { outPath = "inner"; }; };
  chain = { __toString = _: { __toString = _: "chain"; }; };
in
[
  "${both}" (toString both) "${self}" "${self // { name = "m"; }}" "${inner}" "${chain}"
  (toString [ both self ])
  (builtins.concatStringsSep "," [ both self ])
  ("x" + self)
]
