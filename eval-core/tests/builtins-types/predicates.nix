with builtins;
let values = [ 1 1.5 "a" ./a true null [ ] { } (x: x) add (add 1) { __functor = self: x: x; } ]; in
{
  typeOf = map typeOf values;
  isInt = map isInt values;
  isFloat = map isFloat values;
  isString = map isString values;
  isPath = map isPath values;
  isBool = map isBool values;
  isNull = map isNull values;
  isList = map isList values;
  isAttrs = map isAttrs values;
  isFunction = map isFunction values;
}
