export { derivationOutputs, outputPaths } from './outputs.ts';
export { parseDerivation } from './parse.ts';
export { type PrintDerivationOptions, printDerivation } from './print.ts';
export type { Derivation, DerivationInput, DerivationOutput } from './types.ts';
