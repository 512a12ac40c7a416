/**
 * Function records: what a lambda is made of, permanent.
 *
 *   | code | flags | slots of its environment | argument symbol | name symbol | position | formals | number | inner record | calls | docstring | body |
 *
 * Formals: number × | symbol | position | has default |, sorted by symbol. `inner` is the record of a lambda that is the
 * whole body (`x: y: …`), so that a call with several arguments makes no closure in between; `body` is it after formals, too: a name
 * goes for both.
 * A body of code is preceded by one word, the function or thunk's source position.
 */
import { permAlloc } from '../heap/pages';

export const FN_CODE: usize = 0;
export const FN_FLAGS: usize = 4;
export const FN_SLOTS: usize = 8;
export const FN_ARG: usize = 12;
export const FN_NAME: usize = 16;
export const FN_POS: usize = 20;
export const FN_FORMALS: usize = 24;
export const FN_FORMAL_COUNT: usize = 28;
export const FN_INNER: usize = 32;
export const FN_CALLS: usize = 36; // counted for NIX_COUNT_CALLS
export const FN_DOC: usize = 40;
export const FN_BODY: usize = 44;
const FN_BYTES: usize = 48;

export const FN_HAS_FORMALS: u32 = 1;
export const FN_ELLIPSIS: u32 = 2;
export const FN_HAS_ARG: u32 = 4;
/** the body of a file or expression: calling it is no call of Nix's */
export const FN_ROOT: u32 = 8;

export function functionAlloc(): usize {
  const fn = permAlloc(FN_BYTES);
  memory.fill(fn, 0, FN_BYTES);
  return fn;
}
export function functionHasFormals(fn: usize): bool {
  return (load<u32>(fn, FN_FLAGS) & FN_HAS_FORMALS) != 0;
}
/** Whether the record is the body of a file or expression rather than a lambda. */
export function functionIsRoot(fn: usize): bool {
  return (load<u32>(fn, FN_FLAGS) & FN_ROOT) != 0;
}
export function functionEllipsis(fn: usize): bool {
  return (load<u32>(fn, FN_FLAGS) & FN_ELLIPSIS) != 0;
}
export function functionFormalsCount(fn: usize): u32 {
  return load<u32>(fn, FN_FORMAL_COUNT);
}
export function functionFormalSymbol(fn: usize, i: u32): u32 {
  return load<u32>(<usize>load<u32>(fn, FN_FORMALS) + <usize>i * 12);
}
export function functionFormalPos(fn: usize, i: u32): u32 {
  return load<u32>(<usize>load<u32>(fn, FN_FORMALS) + <usize>i * 12, 4);
}
export function functionFormalHasDefault(fn: usize, i: u32): bool {
  return load<u32>(<usize>load<u32>(fn, FN_FORMALS) + <usize>i * 12, 8) != 0;
}
/** The argument's symbol (`x` in `x: …` and in `{ … } @ x: …`), or 0. */
export function functionArg(fn: usize): u32 {
  return load<u32>(fn, FN_ARG);
}
/** The name that the function was given by its attribute or variable, or 0. */
export function functionName(fn: usize): u32 {
  return load<u32>(fn, FN_NAME);
}
export function functionPos(fn: usize): u32 {
  return load<u32>(fn, FN_POS);
}
/** Names a function, and the functions that it returns at once. */
export function functionSetName(fn: usize, name: u32): void {
  for (; fn; fn = <usize>load<u32>(fn, FN_BODY)) store<u32>(fn, name, FN_NAME);
}
/** Where the function's docstring begins, or 0. */
export function functionDoc(fn: usize): u32 {
  return load<u32>(fn, FN_DOC);
}
/** Index of a formal, or -1. */
export function functionFormalFind(fn: usize, sym: u32): i32 {
  const n = functionFormalsCount(fn);
  for (let i: u32 = 0; i < n; i++) if (functionFormalSymbol(fn, i) == sym) return <i32>i;
  return -1;
}
