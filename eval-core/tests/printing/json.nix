{ a = [ 1 2.5 "x" null true ]; d = derivation { name = "n"; system = "s"; builder = "b"; }; p = "é\n"; }
