let
  x = "X";
  s = { outPath = "out"; };
  t = { __toString = self: "to-${self.name}"; name = "string"; };
in
[
  "${x}"
  "a${x}b${x}c"
  "${"${"${x}"}"}"
  "${s}" "${t}"
  "${x + "y"}"
  "${let y = "z"; in y}"
  "${if true then "}" else "{"}"
  "${{ a = "}"; }.a}"
  "${builtins.toString 1}"
  "${s.outPath}/${t.name}"
]
