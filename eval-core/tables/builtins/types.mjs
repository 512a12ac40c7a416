// Tests of what a value is.
const test = (name, what, more = {}) => ({ name, args: ['force'], doc: `Whether the argument, once evaluated, is ${what}.`, ...more });

export default [
  test('isNull', '`null`', { global: true }),
  test('isBool', 'a Boolean'),
  test('isInt', 'an integer'),
  test('isFloat', 'a floating-point number'),
  test('isString', 'a string'),
  test('isPath', 'a path'),
  test('isList', 'a list'),
  test('isAttrs', 'an attribute set'),
  test('isFunction', 'a function. A set with `__functor` can be called but is not one'),
  {
    name: 'typeOf',
    args: ['force'],
    doc: 'The name of the type of the evaluated argument: `int`, `bool`, `string`, `path`, `null`, `set`, `list`, `lambda` or `float`.',
  },
  {
    name: 'functionArgs',
    args: ['force'],
    doc: 'The formal arguments of a function that takes a set pattern, as a set: each name maps to whether it has a default. For other functions the set is empty.',
  },
];
