# `f or` is, for the sake of old programs, a call of f with the variable or.
let or = 5; in [ ((x: x + 1) or) ]
