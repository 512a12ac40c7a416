// Files, paths, store paths, string contexts.
const passed = (name, which) => `while evaluating the ${which} argument passed to builtins.${name}`;
const argument = (name) => `while evaluating the argument passed to builtins.${name}`;
const proc = (name, args, slots, doc, more = {}) => ({ name, kind: 'proc', args, slots, doc, ...more });
const context = { file: 'builtins/context' };

export default [
  proc('readFile', ['lazy'], 2, 'The contents of a file as a string. It must not have a NUL byte.'),
  proc('readDir', ['lazy'], 2, 'A set of what is in a folder: each name maps to `"regular"`, `"directory"`, `"symlink"` or `"unknown"`.'),
  proc(
    'readFileType',
    ['lazy'],
    2,
    'What a path is: `"regular"`, `"directory"`, `"symlink"` or `"unknown"`. A symbolic link is not followed.',
  ),
  proc('pathExists', ['force'], 2, 'Whether there is anything at a path. A string that ends in `/` asks for a folder.'),
  proc('hashFile', ['plain', 'lazy'], 2, 'The hash of the contents of a file in base 16, by `md5`, `sha1`, `sha256` or `sha512`.', {
    ctx: [passed('hashFile', 'first')],
  }),
  proc('toPath', ['lazy'], 1, 'An absolute path as a string, without `.` and `..`. Adding a string to a path is better: `/. + s`.', {
    file: 'builtins/storePaths',
  }),
  proc(
    'storePath',
    ['lazy'],
    2,
    'A store path that exists already as a string that depends on it. It is not copied again, as a path would be.',
    { file: 'builtins/storePaths' },
  ),
  proc(
    'toFile',
    ['plain', 'string'],
    3,
    'Stores a string as a file of a given name in the store and returns its path. The string may refer to other store paths, not to outputs of derivations.',
    {
      file: 'builtins/storePaths',
      ctx: [passed('toFile', 'first'), passed('toFile', 'second')],
    },
  ),
  {
    name: 'placeholder',
    args: ['plain'],
    ctx: [passed('placeholder', 'first')],
    global: true,
    doc: "The string that stands for the path of a derivation's own output of this name: the builder sees the path in its place.",
  },
  proc(
    'getEnv',
    ['plain'],
    1,
    'The value of an environment variable, or an empty string. In restricted and pure evaluation it is always empty.',
    { ctx: [passed('getEnv', 'first')] },
  ),
  proc(
    'findFile',
    ['list', 'lazy'],
    5,
    'Looks a name up in a search path, a list of sets of `prefix` and `path`, and returns the path of the first that exists. `<x>` is `findFile nixPath "x"`.',
    {
      ctx: [passed('findFile', 'first')],
      file: 'builtins/findFile',
    },
  ),
  proc(
    'path',
    ['attrs'],
    16,
    'Copies a path to the store and returns its store path. The set has `path` and may have `name`, `filter` (a function as for `filterSource`), `recursive` (`false` for the flat hash of a file) and `sha256` (what is expected).',
    {
      ctx: ["while evaluating the argument passed to 'builtins.path'"],
      file: 'builtins/addPath',
      catches: true,
    },
  ),
  proc(
    'filterSource',
    ['lazy', 'lazy'],
    16,
    'Copies those files of a tree to the store for which a function of the path and the type (`"regular"`, `"directory"`, `"symlink"`, `"unknown"`) returns `true`. A folder that is left out is left out with all that is in it.',
    {
      file: 'builtins/addPath',
      catches: true,
    },
  ),
  // slots: value, its text → path value, with what its context refers to built
  { name: 'realisePath', kind: 'proc', internal: true, args: [], slots: 4, file: 'builtins/pathArgs', catches: true },

  { name: 'hasContext', args: ['string'], ctx: [argument('hasContext')], doc: 'Whether a string depends on any store path.', ...context },
  {
    name: 'getContext',
    args: ['string'],
    ctx: [argument('getContext')],
    doc: 'What a string depends on: a set from store paths to sets of `path` (the path itself), `allOutputs` (a derivation with all that it needs) and `outputs` (names of outputs).',
    ...context,
  },
  proc('appendContext', ['string', 'attrs'], 7, 'A string that also depends on what a set says, as `getContext` returns it.', {
    ctx: [passed('appendContext', 'first'), passed('appendContext', 'second')],
    ...context,
  }),
  proc('unsafeDiscardStringContext', ['lazy'], 1, 'The string without anything that it depends on.', context),
  proc(
    'unsafeDiscardOutputDependency',
    ['lazy'],
    1,
    'The string with derivations that it depends on with all their outputs turned into plain store paths.',
    context,
  ),
  proc(
    'addDrvOutputDependencies',
    ['lazy'],
    1,
    'The string, which must depend on one derivation as a plain store path, made to depend on all its outputs.',
    context,
  ),
];
