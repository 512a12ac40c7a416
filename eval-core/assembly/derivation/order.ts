/**
 * Sorting pairs of words: a stable merge sort, bottom up. The first words are symbols or addresses of known
 * derivations, the second are symbols or 0.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { symbolCompare } from '../value/symbols';

export const enum By {
  /** both words as names */
  Name,
  /** the first as a modulo hash (known.ts), the second as a name */
  Hash,
}

const ROOM: usize = memory.data(8, 4); // | data | capacity in pairs |

function room(n: u32): usize {
  const have = load<u32>(ROOM, 4);
  if (n <= have) return <usize>load<u32>(ROOM);
  if (have) pagesFree(<usize>load<u32>(ROOM), (<usize>have) << 3);
  let want: u32 = 8192;
  while (want < n) want <<= 1;
  const data = pagesAlloc((<usize>want) << 3);
  store<u32>(ROOM, <u32>data);
  store<u32>(ROOM, want, 4);
  return data;
}

function compareNames(a: u32, b: u32): i32 {
  if (a == b) return 0;
  if (!a || !b) return a ? 1 : -1;
  return symbolCompare(a, b);
}
function compare(a: usize, b: usize, by: By): i32 {
  const x = load<u32>(a);
  const y = load<u32>(b);
  if (x != y) {
    const c = by == By.Name ? compareNames(x, y) : memory.compare(<usize>x, <usize>y, 32);
    if (c) return c;
  }
  return compareNames(load<u32>(a, 4), load<u32>(b, 4));
}

/** Sorts `n` pairs in place. */
export function sortPairs(data: usize, n: u32, by: By): void {
  let from = data;
  let to = room(n);
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let lo: u32 = 0; lo < n; lo += width << 1) merge(from, to, lo, min(lo + width, n), min(lo + (width << 1), n), by);
    const t = from;
    from = to;
    to = t;
  }
  if (from != data) memory.copy(data, from, (<usize>n) << 3);
}
function merge(from: usize, to: usize, lo: u32, mid: u32, hi: u32, by: By): void {
  let i = lo;
  let j = mid;
  for (let k = lo; k < hi; k++) {
    const left = i < mid && (j >= hi || compare(from + ((<usize>i) << 3), from + ((<usize>j) << 3), by) <= 0);
    store<u64>(to + ((<usize>k) << 3), load<u64>(from + ((<usize>(left ? i++ : j++)) << 3)));
  }
}
/** Drops equal neighbours; returns how many pairs remain. */
export function uniquePairs(data: usize, n: u32): u32 {
  let out: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const pair = load<u64>(data + ((<usize>i) << 3));
    if (out && load<u64>(data + ((<usize>(out - 1)) << 3)) == pair) continue;
    store<u64>(data + ((<usize>out) << 3), pair);
    out++;
  }
  return out;
}
