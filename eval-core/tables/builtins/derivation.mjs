// Derivations.
export default [
  {
    name: 'derivationStrict',
    kind: 'proc',
    file: 'derivation/strict',
    args: ['attrs'],
    ctx: ['while evaluating the argument passed to builtins.derivationStrict'],
    slots: 20,
    catches: true,
    global: true,
    doc: 'Instantiates a derivation at once: evaluates all attributes of the set, and returns a set of its `drvPath` and of the path of each output. `derivation` is a lazy wrapper of it.',
  },
  // slots: store path (string), text → null. The modulo hash of the derivation becomes known
  { name: 'derivationModulo', kind: 'proc', internal: true, args: [], slots: 3, file: 'derivation/modulo' },
  {
    name: 'outputOf',
    kind: 'proc',
    file: 'derivation/outputOf',
    args: ['string', 'lazy'],
    ctx: ['while evaluating the first argument to builtins.outputOf'],
    slots: 4,
    feature: 'dynamic-derivations',
    doc: 'The path of an output of a derivation, or a placeholder where it is not known yet. The derivation may itself be an output of another one.',
  },
  // slots: store path of a derivation (string), the set of its paths → what import of it returns
  { name: 'importDerivation', kind: 'proc', internal: true, args: [], slots: 3, file: 'derivation/outputOf' },
];
