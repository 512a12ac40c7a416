# the source needs the other name that it gives: told with the position of the source
let
  a = 1;
  c = 2;
in
builtins.deepSeq (rec {
  inherit (c) a c;
}) 1
