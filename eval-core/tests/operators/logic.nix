{
  and = [ (true && true) (true && false) (false && throw "unused") ];
  or = [ (false || true) (false || false) (true || throw "unused") ];
  implies = [ (true -> true) (true -> false) (false -> throw "unused") ];
  not = [ (!true) (!false) (!(!true)) ];
}
