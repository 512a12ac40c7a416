let a = b - 1; b = 2 * c; c = if d < 1 then 1 else 2; d = e / e; e = 1 - f; f = 0; in a
