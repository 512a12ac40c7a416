// JSON, and values printed while they are evaluated.
export default [
  {
    name: 'toJSON',
    kind: 'proc',
    args: ['lazy'],
    doc: 'The argument as JSON text. Everything in it is evaluated. A path is copied to the store and stands as its store path; a set with `outPath` (a derivation) or `__toString` stands as that string.',
  },
  {
    name: 'fromJSON',
    file: 'builtins/json-parse',
    args: ['plain'],
    ctx: ['while evaluating the first argument passed to builtins.fromJSON'],
    doc: 'The value of a JSON text.',
  },
  // slots: value, options (JSON_*, tagged), position (tagged) → JSON text with context
  { name: 'toJsonText', kind: 'proc', internal: true, slots: 12, file: 'builtins/json', catches: true },
  // slots: value, options (PRINT_*, tagged), greatest depth (tagged; negative: none) → text
  { name: 'printValue', kind: 'proc', internal: true, slots: 6, file: 'print/evaluated', catches: true },
];
