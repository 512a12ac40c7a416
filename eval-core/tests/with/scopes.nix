let a = "let"; s = { a = "with"; b = "with b"; }; in
{
  neverShadows = with s; a;
  finds = with s; b;
  innermost = with { x = 1; y = 1; }; with { x = 2; }; [ x y ];
  functionArguments = (b: with s; b) "argument";
  nestedLet = with s; let b = "inner let"; in b;
  lazy = with throw "unused"; 1;
  lazyValue = with { x = 1; t = throw "unused"; }; x;
  builtinsStay = with { map = "shadow"; x = map; }; builtins.typeOf map;
  outerWith = with { v = "outer"; }; let f = x: with { w = "inner"; }; [ v w x ]; in f 1;
  recursive = let s' = with s'; { p = 1; q = p + 1; }; in s'.q;
  list = with { x = 1; }; [ x (x + 1) ];
  dynamic = with { ${"x" + "y"} = 3; }; xy;
}
