/** Sets of lists: elements collected by symbol, in the order in which they came. */
import { BUF_BYTES, bufReserve, bufReset } from '../heap/text';
import { allocList, deref, emptyAttrs, listGet, listSet, mkApp2 } from '../value/layout';
import { DUP_FIRST, attrsAdd, attrsBegin, attrsCount, attrsFinish, attrsSymbol, attrsValue } from '../value/shapes';
import { symbolString } from '../value/symbols';

const KEYS: usize = memory.data(BUF_BYTES, 4);
const SPARE: usize = memory.data(BUF_BYTES, 4);

/** Sorts `n` u64 in place: merging upwards from runs of two, with `spare` of the same size. */
function sortKeys(data: usize, n: u32, spare: usize): void {
  let sorted = true;
  for (let i: u32 = 1; i < n && sorted; i++) sorted = load<u64>(data + ((<usize>(i - 1)) << 3)) < load<u64>(data + ((<usize>i) << 3));
  if (sorted) return;
  let from = data;
  let to = spare;
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let lo: u32 = 0; lo < n; lo += width << 1) mergeKeys(from, to, lo, min(lo + width, n), min(lo + (width << 1), n));
    const t = from;
    from = to;
    to = t;
  }
  if (from != data) memory.copy(data, from, (<usize>n) << 3);
}
function mergeKeys(from: usize, to: usize, lo: u32, mid: u32, hi: u32): void {
  let i = lo;
  let j = mid;
  for (let k = lo; k < hi; k++) {
    const left = i < mid && (j >= hi || load<u64>(from + ((<usize>i) << 3)) <= load<u64>(from + ((<usize>j) << 3)));
    store<u64>(to + ((<usize>k) << 3), load<u64>(from + ((<usize>(left ? i++ : j++)) << 3)));
  }
}

/** Makes `n` keys of `symbol << 32 | index` from the symbols at `symbols`, sorted; returns their address. */
function keysOf(symbols: usize, n: u32): usize {
  bufReset(KEYS);
  bufReset(SPARE);
  const keys = bufReserve(KEYS, n << 3);
  const spare = bufReserve(SPARE, n << 3);
  for (let i: u32 = 0; i < n; i++) store<u64>(keys + ((<usize>i) << 3), ((<u64>load<u32>(symbols + ((<usize>i) << 2))) << 32) | i);
  sortKeys(keys, n, spare);
  return keys;
}
// @ts-ignore: decorator
@inline
function keySymbol(keys: usize, i: u32): u32 {
  return load<u32>(keys + ((<usize>i) << 3), 4);
}

/** `groupBy`: element `i` of `list` belongs to symbol `i` of those at `symbols`. */
export function groupsOf(symbols: usize, list: usize, n: u32): usize {
  if (!n) return emptyAttrs();
  return collect(symbols, list + 4, n, 0);
}

/** The set of lists of the references at `values` by the symbols at `symbols`; with `f`, of the calls `f NAME LIST`. */
function collect(symbols: usize, values: usize, n: u32, f: usize): usize {
  const keys = keysOf(symbols, n);
  const mark = attrsBegin();
  let start: u32 = 0;
  while (start < n) {
    const sym = keySymbol(keys, start);
    let end = start + 1;
    while (end < n && keySymbol(keys, end) == sym) end++;
    const part = allocList(end - start);
    for (let i = start; i < end; i++)
      listSet(part, i - start, <usize>load<u32>(values + ((<usize>load<u32>(keys + ((<usize>i) << 3))) << 2)));
    attrsAdd(sym, f ? mkApp2(f, symbolString(sym), part) : part, 0);
    start = end;
  }
  return attrsFinish(mark, DUP_FIRST);
}

const ALL_SYMBOLS: usize = memory.data(BUF_BYTES, 4);
const ALL_VALUES: usize = memory.data(BUF_BYTES, 4);

/** `zipAttrsWith` of forced sets: values by name over all sets of the list, suspended in calls of `f`. */
export function zippedSets(f: usize, sets: usize, n: u32): usize {
  let total: u32 = 0;
  for (let i: u32 = 0; i < n; i++) total += attrsCount(forcedSet(sets, i));
  if (!total) return emptyAttrs();
  bufReset(ALL_SYMBOLS);
  bufReset(ALL_VALUES);
  const symbols = bufReserve(ALL_SYMBOLS, total << 2);
  const values = bufReserve(ALL_VALUES, total << 2);
  let k: usize = 0;
  for (let i: u32 = 0; i < n; i++) {
    const set = forcedSet(sets, i);
    const count = attrsCount(set);
    for (let j: u32 = 0; j < count; j++) {
      store<u32>(symbols + k, attrsSymbol(set, j));
      store<u32>(values + k, <u32>attrsValue(set, j));
      k += 4;
    }
  }
  return collect(symbols, values, total, f);
}
function forcedSet(list: usize, i: u32): usize {
  return deref(listGet(list, i));
}
