with builtins;
let
  s = {
    a = 1;
      b = 2;
    inherit (t) c;
    "quoted" = 3;
    ${"dyn" + ""} = 4;
    nested.deep = 5;
  };
  t = { c = 1; };
  pos = unsafeGetAttrPos;
in
{
  a = pos "a" s;
  b = pos "b" s;
  inherited = pos "c" s;
  quoted = pos "quoted" s;
  dynamic = pos "dyn" s;
  nested = [ (pos "nested" s) (pos "deep" s.nested) ];
  missing = pos "zzz" s;
  updated = pos "a" (s // { z = 1; });
  removed = pos "b" (removeAttrs s [ "a" ]);
  intersected = pos "a" (intersectAttrs { a = 1; } s);
  mapped = pos "a" (mapAttrs (n: v: v) s);
  listed = pos "x" (listToAttrs [ { name = "x"; value = 1; } ]);
  here = __curPos;
  hereToo = [ __curPos.line __curPos.column (baseNameOf __curPos.file) ];
  formals = pos "y" (functionArgs ({ x, y ? 1 }: x));
}
