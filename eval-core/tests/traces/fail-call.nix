let
  inner = x: x + { };
  outer = y:
    inner y;
in
outer 1
