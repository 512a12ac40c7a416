with builtins;
let succeeds = x: (tryEval x).success; in
{
  value = tryEval (1 + 1);
  thrown = tryEval (throw "x");
  asserted = tryEval (assert false; 1);
  shallow = succeeds { a = throw "unused"; };
  deep = (tryEval { a = throw "inner"; }).value ? a;
  nested = tryEval (tryEval (throw "x"));
  searchPath = succeeds <not-found>;
  find = succeeds (findFile [ ] "x");
  again = let t = throw "x"; in [ (succeeds t) (succeeds t) ];
  inside = succeeds (map (x: x + 1) (throw "x"));
  withOr = succeeds ((throw "x").a or 1);
}
