(x: y: x + y) ./p (derivation { name = "d"; system = "x"; builder = "b"; })
