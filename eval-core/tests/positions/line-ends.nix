let
  a = __curPos;
	b = __curPos; /* é */ c = __curPos;
in
[ a b c ]
