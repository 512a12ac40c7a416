# `__overrides` replaces values, which the others then see; its new names are in the set and not in scope.
let c = "outer"; in
{
  replaced = rec { a = 1; b = a; __overrides = { a = 10; }; };
  new = rec { a = 1; b = c; __overrides = { c = 5; }; };
  notRec = { a = 1; __overrides = { a = 10; }; };
  computed = (rec { a = 1; __overrides = { b = a; } // { z = 1; }; b = 0; d = b; }).d;
}
