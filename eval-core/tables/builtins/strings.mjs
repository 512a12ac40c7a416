// Strings, versions, regular expressions, hashes of strings.
const passed = (name, which) => `while evaluating the ${which} argument passed to builtins.${name}`;
const both = (name) => [passed(name, 'first'), passed(name, 'second')];
const waiting = (name, slots, family = 'strings') => ({ name, kind: 'proc', internal: true, args: [], slots, file: `builtins/${family}` });

export default [
  {
    name: 'substring',
    args: ['int', 'lazy', 'lazy'],
    ctx: ['while evaluating the first argument (the start offset) passed to builtins.substring'],
    doc: 'The part of a string that begins at a byte offset and has a given length, or less where the string ends before. A negative length means all the rest.',
  },
  waiting('substringForcing', 3),
  { name: 'stringLength', args: ['lazy'], doc: 'The length of a string in bytes.' },
  waiting('stringLengthCoerced', 2),
  {
    name: 'toString',
    args: ['lazy'],
    global: true,
    doc: 'The argument as a string: numbers in decimal, `true` as `1`, `false` and `null` as nothing, lists joined by spaces, paths as they are, sets by `__toString` or `outPath`.',
  },
  waiting('toStringCoerced', 2),
  {
    name: 'concatStringsSep',
    args: ['string', 'list'],
    ctx: [
      'while evaluating the first argument (the separator string) passed to builtins.concatStringsSep',
      'while evaluating the second argument (the list of strings to concat) passed to builtins.concatStringsSep',
    ],
    doc: 'The strings of a list, joined with a separator between them.',
  },
  waiting('concatStringsSepCoerced', 4),
  {
    name: 'baseNameOf',
    args: ['lazy'],
    global: true,
    doc: 'The part of a path or string behind its last slash; a single slash at the end does not count.',
  },
  waiting('baseNameOfCoerced', 2),
  {
    name: 'dirOf',
    args: ['force'],
    global: true,
    doc: 'The part of a path or string before its last slash; a path for a path, a string for a string.',
  },
  waiting('dirOfCoerced', 2),
  {
    name: 'replaceStrings',
    file: 'builtins/replace',
    args: ['list', 'list', 'lazy'],
    ctx: both('replaceStrings'),
    doc: 'A string in which each occurrence of a string of the first list is replaced by its counterpart in the second. At each place the first one that fits counts; a replacement is evaluated only if it is used.',
  },
  waiting('replaceStringsForcing', 4, 'replace'),
  {
    name: 'splitVersion',
    file: 'builtins/versions',
    args: ['plain'],
    ctx: [passed('splitVersion', 'first')],
    doc: 'The components of a version, as `compareVersions` sees them.',
  },
  {
    name: 'compareVersions',
    file: 'builtins/versions',
    args: ['plain', 'plain'],
    ctx: both('compareVersions'),
    doc: 'Compares two versions component by component: -1 if the first is older, 0 if they are equal, 1 if it is newer.',
  },
  {
    name: 'parseDrvName',
    file: 'builtins/versions',
    args: ['plain'],
    ctx: [passed('parseDrvName', 'first')],
    doc: 'Splits the name of a derivation into `name` and `version`, at the first dash that no letter follows.',
  },
  {
    name: 'match',
    file: 'builtins/patterns',
    args: ['plain', 'lazy'],
    ctx: [passed('match', 'first')],
    doc: 'The groups of a POSIX extended regular expression if all of a string matches, `null` for those that took no part; otherwise `null`.',
  },
  waiting('matchForcing', 2, 'patterns'),
  {
    name: 'split',
    file: 'builtins/patterns',
    args: ['plain', 'lazy'],
    ctx: [passed('split', 'first')],
    doc: 'The pieces of a string between the matches of a POSIX extended regular expression, and in their places the lists of the groups of the matches.',
  },
  waiting('splitForcing', 2, 'patterns'),
  {
    name: 'hashString',
    file: 'builtins/hashes',
    args: ['plain', 'lazy'],
    ctx: [passed('hashString', 'first')],
    doc: 'The hash of a string in base 16, by the algorithm `md5`, `sha1`, `sha256`, `sha512` or (an experimental feature) `blake3`.',
  },
  waiting('hashStringForcing', 2, 'hashes'),
  {
    name: 'convertHash',
    file: 'builtins/hashes',
    kind: 'proc',
    args: ['attrs'],
    ctx: [passed('convertHash', 'first')],
    slots: 4,
    doc: 'Writes the `hash` of the argument set in the format `toHashFormat`: `base16`, `nix32`, `base64` or `sri`. `hashAlgo` says its algorithm where it does not itself.',
  },
];
