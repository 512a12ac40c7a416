# `-`, `*`, `/` and `<` use the builtins whatever they are called in scope, and `!=` is not affected either.
let __sub = throw "shadowed"; __lessThan = throw "shadowed"; __mul = throw "shadowed"; __div = throw "shadowed"; in
[ (1 != 2) (3 == 3) ]
