with builtins;
let s = { b = 1; a = 2; c = throw "unused"; }; in
{
  attrNames = [ (attrNames s) (attrNames { }) (attrNames { B = 1; a = 1; "10" = 1; "9" = 1; }) ];
  attrValues = [ (attrValues { b = 1; a = 2; }) (attrValues { }) (length (attrValues s)) ];
  hasAttr = [ (hasAttr "a" s) (hasAttr "z" s) (hasAttr "c" s) ];
  getAttr = [ (getAttr "a" s) (getAttr "x y" { "x y" = 3; }) ];
  removeAttrs = [ (removeAttrs { a = 1; b = 2; } [ "a" "z" ]) (removeAttrs { a = 1; } [ ]) (removeAttrs { } [ "a" ]) (removeAttrs s [ "c" "c" ]) ];
  catAttrs = [ (catAttrs "a" [ { a = 1; } { b = 2; } { a = 3; } ]) (catAttrs "a" [ ]) (length (catAttrs "a" [ { a = throw "unused"; } ])) ];
  isAttrs = map isAttrs [ { } { a = 1; } [ ] null ];
}
