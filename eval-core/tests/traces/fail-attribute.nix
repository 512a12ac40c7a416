{ a.b = { c = throw "deep"; }; list = [ 1 ]; }
