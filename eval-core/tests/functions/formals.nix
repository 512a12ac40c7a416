let
  f = { a, b ? 2 }: [ a b ];
  dots = { a, ... }: a;
  noFormals = { }: 1;
  onlyDots = { ... }: 2;
  dependent = { a, b ? a + 1, c ? b + 1 }: [ a b c ];
  backward = { a ? b, b ? 1 }: [ a b ];
  at = args@{ a, ... }: [ a args ];
  atEnd = { a, b ? 5, ... }@args: [ a b args ];
  defaultSeesAt = { a ? builtins.attrNames args, ... }@args: a;
  lazyDefault = { a ? throw "unused" }: 1;
  trailingComma = { a, b, }: a + b;
  outer = let x = "outer"; in { a ? x }: a;
  shadow = let a = "outer"; in { a ? "default" }: a;
in
{
  f = [ (f { a = 1; }) (f { a = 1; b = 3; }) ];
  dots = dots { a = 1; z = throw "unused"; };
  none = [ (noFormals { }) (onlyDots { x = 1; }) ];
  dependent = [ (dependent { a = 1; }) (dependent { a = 1; b = 10; }) ];
  backward = [ (backward { }) (backward { b = 3; }) (backward { a = 4; }) ];
  at = at { a = 1; b = 2; };
  atEnd = atEnd { a = 1; };
  defaultSeesAt = defaultSeesAt { z = 1; };
  lazyDefault = lazyDefault { };
  trailingComma = trailingComma { a = 1; b = 2; };
  outer = [ (outer { }) (shadow { }) ];
}
