// The typed loader of the evaluator. Runs wherever there is WebAssembly: no node:, no files.
export { decodeText, encodeText, joinBytes } from '@vixen/wasm';
export { type CallEvent, Called } from './call-events.ts';
export { type DebugPlace, Place } from './debug-places.ts';
export { type ParserWarning, showPosition } from './diagnostics.ts';
export { type CodeBody, type Instruction, opcodeHelp } from './disassembly.ts';
export * from './errors.ts';
export * from './evaluator.ts';
export { PrintFlag, PrintMode, Status, ValueKind } from './exports.ts';
export { type ForceEvent, Suspended } from './forces.ts';
export type { Sha256 } from './imports.ts';
export * from './requests.ts';
