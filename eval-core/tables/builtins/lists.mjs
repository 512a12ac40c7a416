// Lists. Where a function is looked at only if the list has elements, the table leaves it lazy.
const nth = ['first', 'second', 'third'];
const passed = (name, which, quote = '') => `while evaluating the ${which} argument passed to ${quote}builtins.${name}${quote}`;
const only = (name) => passed(name, 'first');
const waiting = (name, slots) => ({ name, kind: 'proc', internal: true, args: [], slots });

/** A function and a list, both checked before the first call. */
const calling = (name, slots, doc, more = {}) => ({
  name,
  kind: 'proc',
  file: 'builtins/folds',
  args: ['function', 'list'],
  ctx: [passed(name, 'first'), passed(name, 'second')],
  slots,
  doc,
  ...more,
});

export default [
  { name: 'head', args: ['list'], ctx: [passed('head', 'first', "'")], doc: 'The first element of a list. An empty list is an error.' },
  {
    name: 'tail',
    args: ['list'],
    ctx: [passed('tail', 'first', "'")],
    doc: 'The list without its first element. It is a copy: walking a list by `tail` takes quadratic time. An empty list is an error.',
  },
  { name: 'length', args: ['list'], ctx: [only('length')], doc: 'The number of elements of a list.' },
  {
    name: 'elemAt',
    args: ['list', 'int'],
    order: [1, 0],
    ctx: [passed('elemAt', 'first', "'"), passed('elemAt', 'second', "'")],
    doc: 'The element of the list at an index, counted from 0. An index outside of the list is an error.',
  },
  {
    name: 'map',
    args: ['lazy', 'list'],
    order: [1, 0],
    ctx: ['', passed('map', 'second')],
    global: true,
    doc: 'The list of the results of a function for each element; they are computed when they are needed.',
  },
  waiting('mapForcing', 2),
  {
    name: 'genList',
    args: ['lazy', 'int'],
    order: [1, 0],
    ctx: ['', passed('genList', 'second')],
    doc: 'The list of a given length whose element *i* is the result of the function for *i*.',
  },
  waiting('genListForcing', 2),
  {
    name: 'elem',
    args: ['lazy', 'list'],
    order: [1, 0],
    ctx: ['', passed('elem', 'second')],
    doc: 'Whether a value equal to the first argument is in the list.',
  },
  waiting('elemForcing', 3),
  { ...waiting('forceCounted', 2), counts: true },
  { name: 'concatLists', args: ['list'], ctx: [only('concatLists')], doc: 'The concatenation of a list of lists.' },
  waiting('concatListsForcing', 2),
  {
    name: 'filter',
    kind: 'proc',
    file: 'builtins/folds',
    args: ['lazy', 'list'],
    order: [1, 0],
    ctx: ['', passed('filter', 'second')],
    slots: 5,
    doc: 'The elements of the list for which the function returns `true`.',
  },
  calling('any', 3, 'Whether the function returns `true` for some element. It is not called for those after it.'),
  calling('all', 3, 'Whether the function returns `true` for every element. It is not called for those after the first that fails.'),
  {
    name: "foldl'",
    kind: 'proc',
    file: 'builtins/folds',
    args: ['function', 'lazy', 'list'],
    order: [0, 2, 1],
    ctx: [passed('foldlStrict', nth[0]), '', passed('foldlStrict', nth[2])],
    slots: 4,
    doc: 'Combines the elements of a list from the left: `op (op (op nul x0) x1) x2`. Each intermediate result is evaluated at once.',
  },
  calling('concatMap', 5, 'The concatenation of the lists that the function returns for each element.'),
  calling('partition', 5, 'A set of two lists: `right` with the elements for which the function returns `true`, `wrong` with the others.'),
  calling('groupBy', 4, 'A set of lists: the elements by the string that the function returns for them.'),
  {
    name: 'sort',
    kind: 'proc',
    file: 'builtins/sort',
    args: ['lazy', 'list'],
    order: [1, 0],
    ctx: ['', passed('sort', 'second')],
    slots: 6,
    doc: 'The list in order: the function tells whether its first argument comes before its second. Elements that are equal in this order keep theirs.',
  },
];
