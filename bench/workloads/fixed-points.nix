# Overlays over a set of functions that call each other through the finished set, as package sets are made.
let
  inherit (builtins) attrNames foldl' functionArgs genList intersectAttrs listToAttrs;
  fix = f: let x = f x; in x;
  extends = overlay: f: final: let prev = f final; in prev // overlay final prev;
  name = i: "p${toString i}";
  callPackage = final: f: f (intersectAttrs (functionArgs f) final);
  base = final: { p0 = { value = 1; }; zero = 0; } // listToAttrs (genList (i: {
    name = name (i + 1);
    value = callPackage final ({ p0, zero, ... }: { value = final.${name i}.value + p0.value + zero; });
  }) 2000);
  overlay = i: final: prev: { ${name i} = prev.${name i} // { value = prev.${name i}.value + 1; tag = i; }; "extra${toString i}" = final.p2000.value; };
  pkgs = fix (foldl' (f: i: extends (overlay i) f) base (genList (i: i * 4) 400));
in
{ last = pkgs.p2000.value; names = builtins.length (attrNames pkgs); sum = foldl' (a: n: a + (pkgs.${n}.value or 0)) 0 (builtins.filter (n: builtins.isAttrs pkgs.${n}) (attrNames pkgs)); }
