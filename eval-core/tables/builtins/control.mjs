// Order of evaluation, errors, and messages to the user.
const waiting = (name, slots) => ({ name, kind: 'proc', internal: true, args: [], slots });

export default [
  { name: 'seq', args: ['force', 'lazy'], doc: 'Evaluates the first argument, then returns the second.' },
  {
    name: 'deepSeq',
    kind: 'proc',
    args: ['lazy', 'lazy'],
    doc: 'Evaluates the first argument with all that is in it, lists and sets, then returns the second.',
  },
  { name: 'break', kind: 'proc', args: ['lazy'], global: true, noTrace: true, doc: 'With a debugger, stops there. Returns its argument.' },
  {
    name: 'tryEval',
    kind: 'proc',
    args: ['lazy'],
    slots: 2,
    catches: true,
    doc: 'Evaluates its argument, not deeply, and returns a set: `success` and `value`. Errors by `throw` and `assert` make `success` false and `value` `false`; others pass.',
  },
  { name: 'throw', args: ['lazy'], global: true, doc: 'Ends the evaluation with a message, unless `tryEval` catches it.' },
  waiting('throwCoerced', 2),
  { name: 'abort', args: ['lazy'], global: true, doc: 'Ends the evaluation with a message. Nothing catches it.' },
  waiting('abortCoerced', 2),
  {
    name: 'trace',
    kind: 'proc',
    args: ['force', 'lazy'],
    doc: 'Shows the first argument on standard error, a string as it is and other values as expressions, then returns the second.',
  },
  {
    name: 'traceVerbose',
    kind: 'proc',
    args: ['lazy', 'lazy'],
    doc: 'As `trace` if the setting `trace-verbose` is on. Otherwise only returns the second argument.',
  },
  {
    name: 'warn',
    kind: 'proc',
    args: ['string', 'lazy'],
    ctx: ['while evaluating the first argument; the message passed to builtins.warn'],
    doc: 'Shows a string as a warning on standard error, then returns the second argument.',
  },
  {
    name: 'addErrorContext',
    kind: 'proc',
    args: ['lazy', 'lazy'],
    slots: 4,
    catches: true,
    noTrace: true,
    doc: 'Returns the second argument. If evaluating it fails, the first is added to the trace of the error as a message.',
  },
];
