{ __functor = self: throw "x"; }
