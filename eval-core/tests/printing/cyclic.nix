let s = { self = s; list = [ s ]; n = 1; }; l = [ l 1 ]; in { inherit s l; }
