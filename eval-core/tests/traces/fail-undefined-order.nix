b: a: { zeta = first; b = second; a = third; inherit (fourth) x; ${fifth} = sixth; }
