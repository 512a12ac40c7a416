export default [
  {
    name: 'genericClosure',
    kind: 'proc',
    args: ['attrs'],
    ctx: ['while evaluating the first argument passed to builtins.genericClosure'],
    slots: 18,
    catches: true,
    doc: 'The elements that are reached from `startSet` by calling `operator` on each, which returns a list of further ones. Elements are told apart by their `key`; the first with a key stays.',
  },
];
