with builtins;
let
  d = derivation { name = "d"; system = "s"; builder = "b"; outputs = [ "out" "dev" ]; };
  out = "${d}";
  dev = d.dev.outPath;
  drv = d.drvPath;
  ctx = getContext;
  has = hasContext;
in
{
  contexts = map ctx [ "plain" out dev drv "${out}${dev}" "${out}${drv}" ];
  has = map has [ "plain" out (toString ./x) "${./strings.nix}" ];
  kept = map has [ (substring 0 0 out) (substring 40 3 out) (baseNameOf out) (dirOf out) (out + "x") (concatStringsSep out [ ]) (concatStringsSep out [ "a" ])
    (toJSON out) (toJSON { a = out; }) (toXML out) (replaceStrings [ "nothing" ] [ out ] "x") (replaceStrings [ "x" ] [ out ] "x") (replaceStrings [ "x" ] [ "y" ] out) (toString [ out ])
    (head (match "(.*)" out)) (head (split "-" out)) (substring 0 3 "${out}") ];
  equal = out == unsafeDiscardStringContext out;
  discarded = has (unsafeDiscardStringContext out);
  merged = ctx (concatStringsSep "" [ out dev drv ]);
}
