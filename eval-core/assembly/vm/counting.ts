/**
 * Counts of calls for `NIX_COUNT_CALLS`: of functions by record, of builtins by id, of selected attributes by position.
 *
 *   table: | entries | mask | slots |      slots: open addressing over | key + 1 | count |
 */
import { pagesAlloc, pagesFree } from '../heap/pages';

export const enum Counted {
  Functions = 0,
  Builtins,
  Attributes,
  /** of thunks by their code: how often they were forced */
  Forces,
}
const TABLES: usize = memory.data(48, 4);
const FIRST: u32 = 8192;

function table(which: Counted): usize {
  return TABLES + <usize>which * 12;
}
function place(slots: usize, mask: u32, key: u32): usize {
  let at = (key * 0x9e3779b1) & mask;
  for (;;) {
    const p = slots + ((<usize>at) << 3);
    const found = load<u32>(p);
    if (!found || found == key + 1) return p;
    at = (at + 1) & mask;
  }
  return 0;
}
function grow(t: usize): void {
  const old = <usize>load<u32>(t, 8);
  const size: u32 = old ? load<u32>(t, 4) + 1 : 0;
  const next = size ? size * 2 : FIRST;
  const slots = pagesAlloc((<usize>next) << 3);
  for (let i: u32 = 0; i < size; i++) {
    const from = old + ((<usize>i) << 3);
    if (load<u32>(from)) store<u64>(place(slots, next - 1, load<u32>(from) - 1), load<u64>(from));
  }
  if (old) pagesFree(old, (<usize>size) << 3);
  store<u32>(t, next - 1, 4);
  store<u32>(t, <u32>slots, 8);
}
/** Counts one more of a key. */
export function countKey(which: Counted, key: u32): void {
  const t = table(which);
  if (!load<u32>(t, 8) || load<u32>(t) * 2 > load<u32>(t, 4)) grow(t);
  const p = place(<usize>load<u32>(t, 8), load<u32>(t, 4), key);
  if (!load<u32>(p)) {
    store<u32>(p, key + 1);
    store<u32>(t, load<u32>(t) + 1);
  }
  store<u32>(p, load<u32>(p, 4) + 1, 4);
}
/** The next slot in use from `i` on, or -1. */
export function countNext(which: Counted, i: i32): i32 {
  const t = table(which);
  const n: i32 = load<u32>(t, 8) ? <i32>load<u32>(t, 4) + 1 : 0;
  for (; i < n; i++) if (load<u32>(<usize>load<u32>(t, 8) + ((<usize>i) << 3))) return i;
  return -1;
}
export function countedKey(which: Counted, i: i32): u32 {
  return load<u32>(<usize>load<u32>(table(which), 8) + ((<usize>i) << 3)) - 1;
}
export function countedTimes(which: Counted, i: i32): u32 {
  return load<u32>(<usize>load<u32>(table(which), 8) + ((<usize>i) << 3), 4);
}
