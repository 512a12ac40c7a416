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
];
