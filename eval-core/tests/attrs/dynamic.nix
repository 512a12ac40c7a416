let
  name = "n";
  none = null;
  s = { __toString = _: "from set"; };
in
{
  ${name} = 1;
  "${name}2" = 2;
  "${name}-${name}" = 3;
  ${name + "3"} = 4;
  ${none} = throw "unused";
  inner.${name}.x = 5;
  inner.${"o"}.y = 6;
  ${"p"}.q = 7;
  ${if true then "cond" else null} = 8;
  lookup = { ${name} = 9; }.${name};
  "${s}" = 10;
}
