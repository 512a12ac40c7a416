/**
 * What the printers need to know of a lambda value: its name, place and formals.
 * The functions themselves are compile/functions.ts.
 */

/** The symbol of the name that the lambda was bound to, or 0. */
export function lambdaName(_v: usize): u32 {
  return 0;
}
/** The position of the lambda (diag/positions.ts), or 0. */
export function lambdaPos(_v: usize): u32 {
  return 0;
}
/** The symbol of `x` in `x: …` and `{ … } @ x: …`, or 0. */
export function lambdaArgument(_v: usize): u32 {
  return 0;
}
/** Whether the lambda takes a set pattern. */
export function lambdaHasFormals(_v: usize): bool {
  return false;
}
export function lambdaHasEllipsis(_v: usize): bool {
  return false;
}
export function lambdaFormalCount(_v: usize): u32 {
  return 0;
}
/** The symbol of formal `i`, in any fixed order. */
export function lambdaFormal(_v: usize, _i: u32): u32 {
  return 0;
}
