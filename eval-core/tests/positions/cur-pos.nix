let
  here = __curPos;
  inFunction = x:
    __curPos;
in
[ here (inFunction 1) (with { }; __curPos) { p = __curPos; } "${toString __curPos.line}" ]
