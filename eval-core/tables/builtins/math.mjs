// Arithmetic, bits and order.
const pair = (name, doc) => ({ name, args: ['force', 'force'], doc });
const bits = (name, doc) => ({
  name,
  args: ['int', 'int'],
  ctx: ['first', 'second'].map((which) => `while evaluating the ${which} argument passed to builtins.${name}`),
  doc,
});
const rounded = (name, doc) => ({ name, args: ['number'], ctx: [`while evaluating the first argument passed to builtins.${name}`], doc });

export default [
  pair('add', 'The sum of two numbers. If one is a float, so is the result; a sum that does not fit 64 bits is an error.'),
  pair('sub', 'The first number less the second.'),
  pair('mul', 'The product of two numbers.'),
  pair('div', 'The first number divided by the second. Integers are divided towards zero; dividing by zero is an error.'),
  bits('bitAnd', 'The bits that are set in both integers.'),
  bits('bitOr', 'The bits that are set in either of the integers.'),
  bits('bitXor', 'The bits that are set in exactly one of the integers.'),
  pair(
    'lessThan',
    'Whether the first argument is less than the second: numbers by value, strings and paths by bytes, lists by their first elements that differ.',
  ),
  rounded('ceil', 'The least integer that is not less than the number.'),
  rounded('floor', 'The greatest integer that is not greater than the number.'),
];
