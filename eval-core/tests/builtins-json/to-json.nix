with builtins;
map toJSON [
  null true false 0 (-5) 1.5 "text" "" [ ] { } [ 1 "a" [ ] ] { b = 1; a = [ null ]; }
  "quotes \" and \\ and / and \n \t \r"
  "é 漢 🦊"
  { outPath = "/x"; other = throw "unused"; }
  { __toString = _: "to string"; other = throw "unused"; }
  { "a b" = 1; "\"" = 2; "é" = 3; Z = 4; }
  [ [ [ ] ] ]
  9223372036854775807
]
