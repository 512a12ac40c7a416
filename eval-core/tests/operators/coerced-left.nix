let set = { outPath = "/o"; }; own = { __toString = self: "/t"; }; in [ (set + /some/where) (own + /some/where) (set + set) (set + "x") (own + (set + /a)) (set + { outPath = /b; }) ]
