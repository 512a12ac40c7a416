/**
 * Attribute sets under construction. Behind an AttrSet's words (ast.ts) stand the builder's: capacities, an index of large sets by symbol,
 * and the list of all sets of the file. Attributes are in source order until `setsFinish` sorts them.
 */
import { arenaAlloc } from './arena';
import {
  AS_DYN,
  AS_DYN_COUNT,
  AS_FROM,
  AS_FROM_COUNT,
  AS_STATIC,
  AS_STATIC_COUNT,
  ATTR_WORDS,
  AttrKind,
  DYN_WORDS,
  N_A,
  N_C,
  N_D,
  Node,
} from './ast';
import { docAt } from './docs';
import { node2 } from './nodes';
import { PS_SETS } from './state';

const AB_CAP: usize = 24;
const AB_DYN_CAP: usize = 28;
const AB_FROM_CAP: usize = 32;
const AB_INDEX: usize = 36;
const AB_MASK: usize = 40;
const AB_NEXT: usize = 44;
const SET_BYTES: usize = 48;

const ATTR_BYTES: u32 = ATTR_WORDS * 4;
const DYN_BYTES: u32 = DYN_WORDS * 4;
/** Sets up to this size are searched from end to end. */
const LINEAR: u32 = 12;

// Fields of an attribute.
export const AT_SYMBOL: usize = 0;
export const AT_KIND: usize = 4;
export const AT_POS: usize = 8;
export const AT_EXPR: usize = 12;
export const AT_DOC: usize = 16;

/** A new Attrs node with an empty set. */
export function attrsNew(pos: u32): usize {
  const set = arenaAlloc(SET_BYTES);
  memory.fill(set, 0, SET_BYTES);
  store<u32>(set, load<u32>(PS_SETS), AB_NEXT);
  store<u32>(PS_SETS, <u32>set);
  return node2(Node.Attrs, pos, <u32>set, 0);
}

// @ts-ignore: decorator
@inline
export function setOf(node: usize): usize {
  return <usize>load<u32>(node, N_A);
}

/** Makes room for one more in a growing array of the set. */
function reserve(set: usize, array: usize, count: u32, cap: usize, bytes: u32): usize {
  const data = <usize>load<u32>(set + array);
  if (count < load<u32>(set + cap)) return data;
  const want: u32 = count ? count * 2 : 4;
  const more = arenaAlloc(<usize>want * <usize>bytes);
  memory.copy(more, data, <usize>count * <usize>bytes);
  store<u32>(set + array, <u32>more);
  store<u32>(set + cap, want);
  return more;
}

// @ts-ignore: decorator
@inline
function slotOf(symbol: u32, mask: u32): u32 {
  const h = symbol * 0x9e3779b1;
  return (h ^ (h >>> 15)) & mask;
}

function indexAdd(index: usize, mask: u32, symbol: u32, number: u32): void {
  let at = slotOf(symbol, mask);
  while (load<u32>(index + ((<usize>at) << 2))) at = (at + 1) & mask;
  store<u32>(index + ((<usize>at) << 2), number + 1);
}

/** Builds the index anew, for four times as many slots as there are attributes. */
function indexBuild(set: usize, count: u32): void {
  const mask: u32 = (1 << (32 - clz(count))) * 4 - 1;
  const index = arenaAlloc((<usize>mask + 1) << 2);
  memory.fill(index, 0, (<usize>mask + 1) << 2);
  let attr = <usize>load<u32>(set, AS_STATIC);
  for (let i: u32 = 0; i < count; i++) {
    indexAdd(index, mask, load<u32>(attr), i);
    attr += ATTR_BYTES;
  }
  store<u32>(set, <u32>index, AB_INDEX);
  store<u32>(set, mask, AB_MASK);
}

/** The attribute of a symbol, or 0. */
export function setFind(set: usize, symbol: u32): usize {
  const count = load<u32>(set, AS_STATIC_COUNT);
  const data = <usize>load<u32>(set, AS_STATIC);
  if (count <= LINEAR) {
    const end = data + <usize>(count * ATTR_BYTES);
    for (let attr = data; attr < end; attr += ATTR_BYTES) if (load<u32>(attr) == symbol) return attr;
    return 0;
  }
  if (!load<u32>(set, AB_INDEX)) indexBuild(set, count);
  const index = <usize>load<u32>(set, AB_INDEX);
  const mask = load<u32>(set, AB_MASK);
  let at = slotOf(symbol, mask);
  while (true) {
    const number = load<u32>(index + ((<usize>at) << 2));
    if (!number) return 0;
    const attr = data + <usize>((number - 1) * ATTR_BYTES);
    if (load<u32>(attr) == symbol) return attr;
    at = (at + 1) & mask;
  }
}

/** Adds an attribute whose symbol is new to the set. */
export function setAppend(set: usize, symbol: u32, kind: AttrKind, pos: u32, expr: usize): void {
  const count = load<u32>(set, AS_STATIC_COUNT);
  const attr = reserve(set, AS_STATIC, count, AB_CAP, ATTR_BYTES) + <usize>(count * ATTR_BYTES);
  store<u32>(attr, symbol);
  store<u32>(attr, kind, AT_KIND);
  store<u32>(attr, pos, AT_POS);
  store<u32>(attr, <u32>expr, AT_EXPR);
  store<u32>(attr, docAt(pos), AT_DOC);
  store<u32>(set, count + 1, AS_STATIC_COUNT);
  if (!load<u32>(set, AB_INDEX)) return;
  const mask = load<u32>(set, AB_MASK);
  if (count * 2 > mask) indexBuild(set, count + 1);
  else indexAdd(<usize>load<u32>(set, AB_INDEX), mask, symbol, count);
}

export function setAppendDynamic(set: usize, name: usize, expr: usize, pos: u32): void {
  const count = load<u32>(set, AS_DYN_COUNT);
  const at = reserve(set, AS_DYN, count, AB_DYN_CAP, DYN_BYTES) + <usize>(count * DYN_BYTES);
  store<u32>(at, <u32>name);
  store<u32>(at, <u32>expr, 4);
  store<u32>(at, pos, 8);
  store<u32>(set, count + 1, AS_DYN_COUNT);
}

/** Adds the expression of an `inherit (e)`; returns its index. */
export function setAppendFrom(set: usize, expr: usize): u32 {
  const count = load<u32>(set, AS_FROM_COUNT);
  store<u32>(reserve(set, AS_FROM, count, AB_FROM_CAP, 4) + ((<usize>count) << 2), <u32>expr);
  store<u32>(set, count + 1, AS_FROM_COUNT);
  return count;
}

/** Moves the dynamic attributes and `inherit (e)` expressions of `from` to the end of `to`'s; the static ones have been dealt with. */
export function setMoveRest(to: usize, from: usize): void {
  let n = load<u32>(from, AS_DYN_COUNT);
  let at = <usize>load<u32>(from, AS_DYN);
  for (; n; n--) {
    setAppendDynamic(to, <usize>load<u32>(at), <usize>load<u32>(at, 4), load<u32>(at, 8));
    at += DYN_BYTES;
  }
  n = load<u32>(from, AS_FROM_COUNT);
  at = <usize>load<u32>(from, AS_FROM);
  for (; n; n--) {
    setAppendFrom(to, <usize>load<u32>(at));
    at += 4;
  }
  store<u32>(from, 0, AS_STATIC_COUNT);
  store<u32>(from, 0, AS_DYN_COUNT);
  store<u32>(from, 0, AS_FROM_COUNT);
}

/** Names a function, and those that it returns, after the attribute that it is bound to: messages show it. */
export function nameLambda(node: usize, symbol: u32): void {
  while (load<u8>(node) == Node.Lambda) {
    store<u32>(node, symbol, N_D);
    node = <usize>load<u32>(node, N_C);
  }
}

function insertionSort(data: usize, count: u32): void {
  const end = data + <usize>(count * ATTR_BYTES);
  for (let at = data + ATTR_BYTES; at < end; at += ATTR_BYTES) {
    const symbol = load<u32>(at);
    if (symbol > load<u32>(at - ATTR_BYTES)) continue;
    const rest = load<u64>(at, 4);
    const rest2 = load<u64>(at, 12);
    let to = at;
    do {
      memory.copy(to, to - ATTR_BYTES, ATTR_BYTES);
      to -= ATTR_BYTES;
    } while (to > data && load<u32>(to - ATTR_BYTES) > symbol);
    store<u32>(to, symbol);
    store<u64>(to, rest, 4);
    store<u64>(to, rest2, 12);
  }
}

function isSorted(data: usize, count: u32): bool {
  let before: u32 = 0;
  for (; count; count--) {
    const symbol = load<u32>(data);
    if (symbol < before) return false;
    before = symbol;
    data += ATTR_BYTES;
  }
  return true;
}

/** Merges the runs [from, middle) and [middle, end) of `keys` into `to`. */
function mergeRuns(keys: usize, to: usize, from: u32, middle: u32, end: u32): void {
  let a = from;
  let b = middle;
  for (let i = from; i < end; i++) {
    const left = a < middle && (b >= end || load<u64>(keys + ((<usize>a) << 3)) <= load<u64>(keys + ((<usize>b) << 3)));
    store<u64>(to + ((<usize>i) << 3), load<u64>(keys + ((<usize>(left ? a++ : b++)) << 3)));
  }
}

/** Sorts by keys of symbol and place, and then moves the attributes once. */
function mergeSort(set: usize, count: u32): void {
  const data = <usize>load<u32>(set, AS_STATIC);
  let keys = arenaAlloc((<usize>count) << 3);
  let other = arenaAlloc((<usize>count) << 3);
  for (let i: u32 = 0; i < count; i++)
    store<u64>(keys + ((<usize>i) << 3), ((<u64>load<u32>(data + <usize>(i * ATTR_BYTES))) << 32) | (<u64>i));
  for (let width: u32 = 1; width < count; width *= 2) {
    for (let from: u32 = 0; from < count; from += width * 2) {
      const middle = min(from + width, count);
      mergeRuns(keys, other, from, middle, min(middle + width, count));
    }
    const swap = keys;
    keys = other;
    other = swap;
  }
  const sorted = arenaAlloc(<usize>(count * ATTR_BYTES));
  for (let i: u32 = 0; i < count; i++) {
    memory.copy(sorted + <usize>(i * ATTR_BYTES), data + <usize>(load<u32>(keys + ((<usize>i) << 3)) * ATTR_BYTES), ATTR_BYTES);
  }
  store<u32>(set, <u32>sorted, AS_STATIC);
}

/** Sorts the static attributes by symbol. */
export function setSort(set: usize): void {
  const count = load<u32>(set, AS_STATIC_COUNT);
  const data = <usize>load<u32>(set, AS_STATIC);
  if (isSorted(data, count)) return;
  store<u32>(set, 0, AB_INDEX);
  if (count <= 16) insertionSort(data, count);
  else mergeSort(set, count);
}

/** Sorts all sets of the file. */
export function setsFinish(): void {
  for (let set = <usize>load<u32>(PS_SETS); set; set = <usize>load<u32>(set, AB_NEXT)) setSort(set);
}
