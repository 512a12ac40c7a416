# Layers of updates of large sets: every key, the last value.
let
  large = builtins.listToAttrs (builtins.genList (i: { name = "k${toString i}"; value = i; }) 100);
  one = i: { "k${toString i}" = "layer ${toString i}"; };
  layered = builtins.foldl' (s: i: s // one i) large (builtins.genList (i: i * 3) 40);
  removed = builtins.removeAttrs layered (builtins.genList (i: "k${toString (i * 2)}") 50);
in
[
  (builtins.length (builtins.attrNames layered))
  [ layered.k0 layered.k1 layered.k2 layered.k3 layered.k99 layered.k117 ]
  (builtins.attrNames removed)
  (layered ? k118)
  (layered == layered // { })
]
