# Attribute sets: made, updated, selected, mapped, intersected, walked.
let
  inherit (builtins) attrNames attrValues foldl' genList getAttr hasAttr intersectAttrs listToAttrs mapAttrs removeAttrs length;
  name = i: "attribute-${toString i}";
  large = listToAttrs (genList (i: { name = name i; value = i; }) 2000);
  overlay = i: prev: prev // { ${name (i * 3)} = prev.${name i} + 1; "new-${toString i}" = i; };
  layered = foldl' (set: i: overlay i set) large (genList (i: i) 600);
  squares = mapAttrs (n: v: v * v) layered;
  sum = set: foldl' (a: b: a + b) 0 (attrValues set);
  record = i: { x = i; y = { z = i + 1; w = { v = i + 2; }; }; };
  selected = foldl' (a: i: let r = record i; in a + r.x + r.y.z + r.y.w.v) 0 (genList (i: i) 100000);
in
{
  names = length (attrNames layered);
  sum = sum squares;
  removed = sum (removeAttrs layered (genList (i: name (i * 2)) 500));
  common = sum (intersectAttrs (listToAttrs (genList (i: { name = name (i * 7); value = null; }) 200)) squares);
  present = length (builtins.filter (i: hasAttr (name i) layered) (genList (i: i) 4000));
  inherit selected;
}
