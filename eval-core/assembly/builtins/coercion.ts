/** How builtins call the coercion to a string (vm/coerce.ts). */
import { Proc } from '../gen/builtins';
import { KIND_PATH, KIND_STRING } from '../value/kinds';
import { kindOf, mkString, strBytes, strLen, tag } from '../value/layout';
import { callProc } from '../vm/native';

/**
 * Coerces `v` with `flags` (COERCE_…), then enters `next` with the string in `acc()`. `ctx` is the trace line of values that
 * cannot be coerced.
 */
export function coerce(f: usize, v: usize, flags: u32, ctx: string, next: i32): i32 {
  return callProc(f, Proc.coerceToString, v, tag(flags), tag(<i32>changetype<usize>(ctx)), tag(0), next);
}

/** The string that a forced string or path is when nothing is copied to the store, or 0 for other values. */
export function plainText(v: usize): usize {
  const k = kindOf(v);
  if (k == KIND_STRING) return v;
  return k == KIND_PATH ? mkString(strBytes(v), strLen(v), 0) : 0;
}
