/** What the printers show of a lambda value: its name, place and formals (compile/functions.ts). */
import {
  functionArg,
  functionEllipsis,
  functionFormalSymbol,
  functionFormalsCount,
  functionHasFormals,
  functionName,
  functionPos,
} from '../compile/functions';

// @ts-ignore: decorator
@inline
function record(v: usize): usize {
  return <usize>load<u32>(v, 4);
}
/** The symbol of the name that the lambda was bound to, or 0. */
export function lambdaName(v: usize): u32 {
  return functionName(record(v));
}
/** The position of the lambda, or 0. */
export function lambdaPos(v: usize): u32 {
  return functionPos(record(v));
}
/** The symbol of `x` in `x: …` and `{ … } @ x: …`, or 0. */
export function lambdaArgument(v: usize): u32 {
  return functionArg(record(v));
}
/** Whether the lambda takes a set pattern. */
export function lambdaHasFormals(v: usize): bool {
  return functionHasFormals(record(v));
}
export function lambdaHasEllipsis(v: usize): bool {
  return functionEllipsis(record(v));
}
export function lambdaFormalCount(v: usize): u32 {
  return functionFormalsCount(record(v));
}
/** The symbol of formal `i`, in the order of symbols. */
export function lambdaFormal(v: usize, i: u32): u32 {
  return functionFormalSymbol(record(v), i);
}
