// Attribute sets.
const passed = (name, which) => `while evaluating the ${which} argument passed to builtins.${name}`;
const both = (name) => [passed(name, 'first'), passed(name, 'second')];
const waiting = (name, slots, more = {}) => ({ name, kind: 'proc', internal: true, args: [], slots, ...more });

export default [
  {
    name: 'attrNames',
    args: ['attrs'],
    ctx: ['while evaluating the argument passed to builtins.attrNames'],
    doc: 'The names of the attributes of a set, ordered by their bytes.',
  },
  {
    name: 'attrValues',
    args: ['attrs'],
    ctx: ['while evaluating the argument passed to builtins.attrValues'],
    doc: 'The values of the attributes of a set, in the order of `attrNames`.',
  },
  {
    name: 'getAttr',
    args: ['plain', 'attrs'],
    ctx: both('getAttr'),
    doc: 'The attribute of a set with a given name, as `set.${name}`. It is an error if there is none.',
  },
  {
    name: 'hasAttr',
    args: ['plain', 'attrs'],
    ctx: both('hasAttr'),
    doc: 'Whether a set has an attribute with a given name, as `set ? ${name}`.',
  },
  {
    name: 'unsafeGetAttrPos',
    args: ['plain', 'attrs'],
    ctx: both('unsafeGetAttrPos'),
    doc: 'Where an attribute of a set was defined: a set of `file`, `line` and `column`, or `null` if that is not in a file or there is no such attribute.',
  },
  waiting('lineOfPosition', 2, { file: 'builtins/positions' }),
  waiting('columnOfPosition', 2, { file: 'builtins/positions' }),
  {
    name: 'removeAttrs',
    args: ['attrs', 'list'],
    ctx: both('removeAttrs'),
    global: true,
    doc: 'The set without the attributes whose names are in the list. Names that it does not have are ignored.',
  },
  waiting('removeAttrsForcing', 3),
  {
    name: 'intersectAttrs',
    args: ['attrs', 'attrs'],
    ctx: both('intersectAttrs'),
    doc: 'The attributes of the second set whose names the first has too.',
  },
  {
    name: 'catAttrs',
    args: ['plain', 'list'],
    ctx: both('catAttrs'),
    doc: 'The values of one attribute in a list of sets; sets without it are left out.',
  },
  waiting('catAttrsForcing', 3),
  {
    name: 'mapAttrs',
    args: ['lazy', 'attrs'],
    ctx: ['', passed('mapAttrs', 'second')],
    doc: 'The set with the results of a function, called with the name and the value of each attribute, when they are needed.',
  },
  {
    name: 'listToAttrs',
    file: 'builtins/pairs',
    args: ['list'],
    ctx: ['while evaluating the argument passed to builtins.listToAttrs'],
    doc: 'The set of the attributes that a list of sets of `name` and `value` gives. Of equal names the first wins.',
  },
  waiting('listToAttrsForcing', 2, { file: 'builtins/pairs' }),
  {
    name: 'zipAttrsWith',
    file: 'builtins/pairs',
    args: ['function', 'list'],
    ctx: both('zipAttrsWith'),
    doc: 'The set of the results of a function for each name in a list of sets, called with the name and the list of the values that it has in them.',
  },
  waiting('zipAttrsWithForcing', 3, { file: 'builtins/pairs' }),
];
