export { derivationJson, derivationJsonVersion } from './json.ts';
export { derivationOutputs, outputPaths } from './outputs.ts';
export { derivationOutputOf, parseDerivation } from './parse.ts';
export { derivationOutputFields, type PrintDerivationOptions, printDerivation } from './print.ts';
export type { Derivation, DerivationInput, DerivationOutput } from './types.ts';
