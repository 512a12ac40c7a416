let x = "outer"; in
{
  plain = rec { a = 1; b = a + 1; };
  shadows = rec { x = 1; y = x; };
  notRecursive = { x = 1; y = x; };
  inheritIsOuter = rec { inherit x; y = x; };
  inheritFrom = rec { s = { q = 7; }; inherit (s) q; r = q; };
  nested = rec { a = { b = c; }; c = 2; d = rec { c = 3; e = c; }; };
  dynamic = rec { a = 1; ${"b" + "c"} = a; };
  functions = (rec { fact = n: if n == 0 then 1 else n * fact (n - 1); }).fact 10;
  quoted = rec { "a b" = 1; c = 2; };
}
