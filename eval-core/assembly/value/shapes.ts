/**
 * Shapes: the sorted symbols of an attribute set, with the positions where they were defined. Sets made at one place of the
 * source share their shape, and so do the results of `//` on a pair of shapes that was met before.
 *
 *   SHAPE: | header | count | name order (BYTES, or 0) | variant without positions (or 0) | hash or place |
 *          | symbol × count, ascending by id | position × count |
 *
 * hash: odd, of a small shape that was made at run time. place: a literal's own position × 2.
 *
 * Caches (page runs; emptied by a collection, since addresses are reused):
 *   FIND:  (shape, symbol) → index          8192 entries of 12 bytes
 *   MERGE: (left shape, right shape) → shape 8192 entries of 12 bytes
 *   KNOWN: hash → shape, so that equal small dynamic shapes are one object, 4096 words
 */
import { alloc } from '../heap/alloc';
import { PAGE_KIND, PAGE_OTHER, pagesAlloc, permAlloc } from '../heap/pages';
import { ST_SHAPES, ST_STATS } from '../heap/state';
import { KIND_ATTRS, KIND_BYTES, KIND_SHAPE } from './kinds';
import { EMPTY_SHAPE, emptyAttrs } from './layout';
import { symbolCompare } from './symbols';

const FIND: usize = ST_SHAPES + 0;
const MERGE: usize = ST_SHAPES + 4;
const KNOWN: usize = ST_SHAPES + 8;
const BUILD: usize = ST_SHAPES + 12; // stack of attributes under construction: | symbol | value | position |
const BUILD_TOP: usize = ST_SHAPES + 16; // entries in use
const BUILD_CAP: usize = ST_SHAPES + 20;
const SORT: usize = ST_SHAPES + 24; // scratch for sorting
const SORT_CAP: usize = ST_SHAPES + 28;

const FIND_MASK: u32 = 8191;
const MERGE_MASK: u32 = 8191;
const KNOWN_MASK: u32 = 4095;
const SHAPE_HEAD: usize = 20;

export function shapesInit(): void {
  store<u32>(FIND, <u32>pagesAlloc((<usize>FIND_MASK + 1) * 12));
  store<u32>(MERGE, <u32>pagesAlloc((<usize>MERGE_MASK + 1) * 12));
  store<u32>(KNOWN, <u32>pagesAlloc((<usize>KNOWN_MASK + 1) * 4));
  store<u32>(BUILD_CAP, 65536);
  store<u32>(BUILD, <u32>pagesAlloc(65536 * 12));
}

/** Forgets what the caches know; a collection calls it. */
export function shapesForget(): void {
  memory.fill(<usize>load<u32>(FIND), 0, (<usize>FIND_MASK + 1) * 12);
  memory.fill(<usize>load<u32>(MERGE), 0, (<usize>MERGE_MASK + 1) * 12);
  memory.fill(<usize>load<u32>(KNOWN), 0, (<usize>KNOWN_MASK + 1) * 4);
}

// @ts-ignore: decorator
@inline
export function shapeCount(s: usize): u32 {
  return load<u32>(s, 4);
}
// @ts-ignore: decorator
@inline
export function shapeSymbol(s: usize, i: u32): u32 {
  return load<u32>(s + ((<usize>i) << 2), SHAPE_HEAD);
}
// @ts-ignore: decorator
@inline
export function shapePos(s: usize, i: u32): u32 {
  return load<u32>(s + ((<usize>(load<u32>(s, 4) + i)) << 2), SHAPE_HEAD);
}
// @ts-ignore: decorator
@inline
export function shapeSetSymbol(s: usize, i: u32, sym: u32): void {
  store<u32>(s + ((<usize>i) << 2), sym, SHAPE_HEAD);
}
// @ts-ignore: decorator
@inline
export function shapeSetPos(s: usize, i: u32, pos: u32): void {
  store<u32>(s + ((<usize>(load<u32>(s, 4) + i)) << 2), pos, SHAPE_HEAD);
}

/** Where the literal stands that a shape was made for, or 0. */
export function shapePlace(s: usize): u32 {
  const word = load<u32>(s, 16);
  return word & 1 ? 0 : word >>> 1;
}
export function shapeSetPlace(s: usize, pos: u32): void {
  store<u32>(s, pos << 1, 16);
}

function shapeInit(s: usize, n: u32): void {
  store<u32>(s, n, 4);
  store<u32>(s, 0, 8);
  store<u32>(s, 0, 12);
  store<u32>(s, 0, 16);
}
/** A shape whose symbols and positions are yet to be written. */
export function allocShape(n: u32): usize {
  const s = alloc(KIND_SHAPE, SHAPE_HEAD + ((<usize>n) << 3));
  shapeInit(s, n);
  return s;
}
/** The same in permanent memory, for the compiler's literals. */
export function permShape(n: u32): usize {
  const bytes = SHAPE_HEAD + ((<usize>n) << 3);
  const s = permAlloc(bytes);
  store<u32>(s, KIND_SHAPE | ((<u32>(bytes >>> 2)) << 8));
  shapeInit(s, n);
  return s;
}

function search(s: usize, sym: u32): i32 {
  let lo: u32 = 0;
  let hi = load<u32>(s, 4);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    const at = load<u32>(s + ((<usize>mid) << 2), SHAPE_HEAD);
    if (at == sym) return <i32>mid;
    if (at < sym) lo = mid + 1;
    else hi = mid;
  }
  return -1;
}

/** Index of a symbol in a shape, or -1. */
export function shapeFind(s: usize, sym: u32): i32 {
  const n = load<u32>(s, 4);
  if (n <= 4) {
    for (let i: u32 = 0; i < n; i++) if (load<u32>(s + ((<usize>i) << 2), SHAPE_HEAD) == sym) return <i32>i;
    return -1;
  }
  const at = <usize>load<u32>(FIND) + <usize>(((((<u32>s) >>> 2) ^ (sym * 0x9e3779b1) ^ (sym >>> 5)) & FIND_MASK) * 12);
  if (load<u32>(at) == <u32>s && load<u32>(at, 4) == sym) return load<i32>(at, 8);
  const found = search(s, sym);
  store<u32>(at, <u32>s);
  store<u32>(at, sym, 4);
  store<i32>(at, found, 8);
  return found;
}

// ---- attribute sets

// @ts-ignore: decorator
@inline
export function attrsShape(a: usize): usize {
  return <usize>load<u32>(a, 4);
}
// @ts-ignore: decorator
@inline
export function attrsCount(a: usize): u32 {
  return load<u32>(<usize>load<u32>(a, 4), 4);
}
// @ts-ignore: decorator
@inline
export function attrsValue(a: usize, i: u32): usize {
  return <usize>load<u32>(a + ((<usize>i) << 2), 8);
}
// @ts-ignore: decorator
@inline
export function attrsSetValue(a: usize, i: u32, v: usize): void {
  store<u32>(a + ((<usize>i) << 2), <u32>v, 8);
}
// @ts-ignore: decorator
@inline
export function attrsSymbol(a: usize, i: u32): u32 {
  return shapeSymbol(<usize>load<u32>(a, 4), i);
}
// @ts-ignore: decorator
@inline
export function attrsPos(a: usize, i: u32): u32 {
  return shapePos(<usize>load<u32>(a, 4), i);
}
/** The (possibly suspended) value of an attribute, or 0. */
// @ts-ignore: decorator
@inline
export function attrsGet(a: usize, sym: u32): usize {
  const i = shapeFind(<usize>load<u32>(a, 4), sym);
  return i < 0 ? 0 : <usize>load<u32>(a + ((<usize>i) << 2), 8);
}
/** Sets that were made, and their attributes: statistics. */
export const STAT_SETS: usize = ST_STATS + 36;
export const STAT_SET_VALUES: usize = ST_STATS + 40;

/** A set of this shape whose values are yet to be written. */
export function allocAttrs(shape: usize): usize {
  const n = shapeCount(shape);
  if (!n) return emptyAttrs();
  store<u32>(STAT_SETS, load<u32>(STAT_SETS) + 1);
  store<u32>(STAT_SET_VALUES, load<u32>(STAT_SET_VALUES) + n);
  const a = alloc(KIND_ATTRS, 8 + ((<usize>n) << 2));
  store<u32>(a, <u32>shape, 4);
  return a;
}

/** A set without attributes that is not the one empty set: where a value is printed once only, the two are told apart, as in Nix. */
export function allocEmptyAttrs(): usize {
  const a = alloc(KIND_ATTRS, 8);
  store<u32>(a, <u32>EMPTY_SHAPE, 4);
  return a;
}
/** Another set with the same attributes. */
export function copyAttrs(set: usize): usize {
  const n = attrsCount(set);
  const a = allocAttrs(attrsShape(set));
  for (let i: u32 = 0; i < n; i++) attrsSetValue(a, i, attrsValue(set, i));
  return a;
}

// ---- building sets with names known only now

export const DUP_FIRST: u32 = 0;
export const DUP_LAST: u32 = 1;

/** Begins a set; sets under construction nest like a stack. The mark goes to `attrsFinish`. */
// @ts-ignore: decorator
@inline
export function attrsBegin(): u32 {
  return load<u32>(BUILD_TOP);
}
export function attrsAdd(sym: u32, v: usize, pos: u32): void {
  const top = load<u32>(BUILD_TOP);
  if (top == load<u32>(BUILD_CAP)) growBuild();
  const at = <usize>load<u32>(BUILD) + <usize>top * 12;
  store<u32>(at, sym);
  store<u32>(at, <u32>v, 4);
  store<u32>(at, pos, 8);
  store<u32>(BUILD_TOP, top + 1);
}
function growBuild(): void {
  const cap = load<u32>(BUILD_CAP);
  const data = pagesAlloc(<usize>cap * 24);
  memory.copy(data, <usize>load<u32>(BUILD), <usize>cap * 12);
  store<u32>(BUILD, <u32>data);
  store<u32>(BUILD_CAP, cap * 2);
}

/** Bottom-up merge sort of 12-byte entries by symbol; stable, so the first of equal names stays first. */
function sortEntries(data: usize, n: u32): void {
  if (load<u32>(SORT_CAP) < n) {
    let cap: u32 = 16384;
    while (cap < n) cap <<= 1;
    store<u32>(SORT, <u32>pagesAlloc(<usize>cap * 12));
    store<u32>(SORT_CAP, cap);
  }
  let from = data;
  let to = <usize>load<u32>(SORT);
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let lo: u32 = 0; lo < n; lo += width << 1) mergeRuns(from, to, lo, min(lo + width, n), min(lo + (width << 1), n));
    const t = from;
    from = to;
    to = t;
  }
  if (from != data) memory.copy(data, from, <usize>n * 12);
}
function mergeRuns(from: usize, to: usize, lo: u32, mid: u32, hi: u32): void {
  let i = lo;
  let j = mid;
  for (let k = lo; k < hi; k++) {
    const left = i < mid && (j >= hi || load<u32>(from + <usize>i * 12) <= load<u32>(from + <usize>j * 12));
    const src = from + <usize>(left ? i++ : j++) * 12;
    const dst = to + <usize>k * 12;
    store<u64>(dst, load<u64>(src));
    store<u32>(dst, load<u32>(src, 8), 8);
  }
}

/** Drops duplicates of a sorted run in place; returns how many remain. */
function dedupe(data: usize, n: u32, policy: u32): u32 {
  let out: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const src = data + <usize>i * 12;
    if (out && load<u32>(data + <usize>(out - 1) * 12) == load<u32>(src)) {
      if (policy == DUP_FIRST) continue;
      out--;
    }
    const dst = data + <usize>out * 12;
    if (dst != src) {
      store<u64>(dst, load<u64>(src));
      store<u32>(dst, load<u32>(src, 8), 8);
    }
    out++;
  }
  return out;
}

/** Makes the set of what was added since the mark. */
export function attrsFinish(mark: u32, policy: u32): usize {
  const data = <usize>load<u32>(BUILD) + <usize>mark * 12;
  let n = load<u32>(BUILD_TOP) - mark;
  store<u32>(BUILD_TOP, mark);
  if (!n) return emptyAttrs();
  let sorted = true;
  for (let i: u32 = 1; i < n && sorted; i++) sorted = load<u32>(data + <usize>(i - 1) * 12) < load<u32>(data + <usize>i * 12);
  if (!sorted) {
    sortEntries(data, n);
    n = dedupe(data, n, policy);
  }
  const shape = shapeOfEntries(data, n);
  const a = allocAttrs(shape);
  for (let i: u32 = 0; i < n; i++) attrsSetValue(a, i, <usize>load<u32>(data + <usize>i * 12, 4));
  return a;
}
/** Forgets what was added since the mark. */
export function attrsAbandon(mark: u32): void {
  store<u32>(BUILD_TOP, mark);
}

/** The shape of sorted entries; small ones are looked up among those known. */
function shapeOfEntries(data: usize, n: u32): usize {
  let hash: u32 = n | 1;
  if (n <= 64) {
    for (let i: u32 = 0; i < n; i++) {
      const at = data + <usize>i * 12;
      hash = (hash ^ load<u32>(at)) * 0x9e3779b1;
      hash = (hash ^ (hash >>> 15) ^ load<u32>(at, 8)) * 0x85ebca6b;
    }
    hash |= 1;
    const known = <usize>load<u32>(<usize>load<u32>(KNOWN) + ((<usize>((hash >>> 7) & KNOWN_MASK)) << 2));
    if (known && load<u32>(known, 16) == hash && sameEntries(known, data, n)) return known;
  } else hash = 0;
  const s = allocShape(n);
  store<u32>(s, hash, 16);
  for (let i: u32 = 0; i < n; i++) {
    shapeSetSymbol(s, i, load<u32>(data + <usize>i * 12));
    shapeSetPos(s, i, load<u32>(data + <usize>i * 12, 8));
  }
  if (hash) store<u32>(<usize>load<u32>(KNOWN) + ((<usize>((hash >>> 7) & KNOWN_MASK)) << 2), <u32>s);
  return s;
}
function sameEntries(s: usize, data: usize, n: u32): bool {
  if (shapeCount(s) != n) return false;
  for (let i: u32 = 0; i < n; i++) {
    const at = data + <usize>i * 12;
    if (shapeSymbol(s, i) != load<u32>(at) || shapePos(s, i) != load<u32>(at, 8)) return false;
  }
  return true;
}

// ---- `//`

/** Index of the first symbol of a shape, from `lo` on, that is not below `sym`: steps of growing size, then halving. */
function lowerBound(s: usize, lo: u32, sym: u32): u32 {
  const n = shapeCount(s);
  let step: u32 = 1;
  let hi = lo;
  while (hi < n && shapeSymbol(s, hi) < sym) {
    lo = hi + 1;
    hi += step;
    step <<= 1;
  }
  if (hi > n) hi = n;
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (shapeSymbol(s, mid) < sym) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}
/** Copies `n` words. Short runs are not worth a bulk copy. */
// @ts-ignore: decorator
@inline
function copyWords(to: usize, from: usize, n: u32): void {
  if (n > 8) memory.copy(to, from, (<usize>n) << 2);
  else for (let i: usize = 0; i < (<usize>n) << 2; i += 4) store<u32>(to + i, load<u32>(from + i));
}

/** Symbols that both shapes have. */
function commonCount(l: usize, r: usize): u32 {
  const ln = shapeCount(l);
  const rn = shapeCount(r);
  let i: u32 = 0;
  let common: u32 = 0;
  for (let j: u32 = 0; j < rn && i < ln; j++) {
    const sym = shapeSymbol(r, j);
    i = lowerBound(l, i, sym);
    if (i < ln && shapeSymbol(l, i) == sym) common++;
  }
  return common;
}

/** The shape of `left // right`; positions come from where the value comes from. */
function mergedShape(l: usize, r: usize): usize {
  const at = <usize>load<u32>(MERGE) + <usize>(((((<u32>l) >>> 2) ^ (((<u32>r) >>> 2) * 0x9e3779b1)) & MERGE_MASK) * 12);
  if (load<u32>(at) == <u32>l && load<u32>(at, 4) == <u32>r) return <usize>load<u32>(at, 8);
  const ln = shapeCount(l);
  const rn = shapeCount(r);
  const n = ln + rn - commonCount(l, r);
  const s = allocShape(n);
  const syms = s + SHAPE_HEAD;
  const poss = syms + ((<usize>n) << 2);
  const lSyms = l + SHAPE_HEAD;
  const lPoss = lSyms + ((<usize>ln) << 2);
  let i: u32 = 0;
  let k: u32 = 0;
  for (let j: u32 = 0; j < rn; j++) {
    const sym = shapeSymbol(r, j);
    const next = lowerBound(l, i, sym);
    copyWords(syms + ((<usize>k) << 2), lSyms + ((<usize>i) << 2), next - i);
    copyWords(poss + ((<usize>k) << 2), lPoss + ((<usize>i) << 2), next - i);
    k += next - i;
    store<u32>(syms + ((<usize>k) << 2), sym);
    store<u32>(poss + ((<usize>k) << 2), shapePos(r, j));
    k++;
    i = next < ln && shapeSymbol(l, next) == sym ? next + 1 : next;
  }
  copyWords(syms + ((<usize>k) << 2), lSyms + ((<usize>i) << 2), ln - i);
  copyWords(poss + ((<usize>k) << 2), lPoss + ((<usize>i) << 2), ln - i);
  store<u32>(at, <u32>l);
  store<u32>(at, <u32>r, 4);
  store<u32>(at, <u32>s, 8);
  return s;
}

/** Attributes that `//` has copied: statistics. */
export const STAT_COPIED: usize = ST_STATS + 28;

/** `left // right`, both forced. */
export function attrsUpdate(left: usize, right: usize): usize {
  const l = attrsShape(left);
  const r = attrsShape(right);
  const ln = shapeCount(l);
  const rn = shapeCount(r);
  if (!ln) return right;
  if (!rn) return left;
  const s = mergedShape(l, r);
  const out = allocAttrs(s);
  store<u32>(STAT_COPIED, load<u32>(STAT_COPIED) + shapeCount(s));
  let i: u32 = 0;
  let k: u32 = 0;
  for (let j: u32 = 0; j < rn; j++) {
    const sym = shapeSymbol(r, j);
    const next = lowerBound(l, i, sym);
    copyWords(out + 8 + ((<usize>k) << 2), left + 8 + ((<usize>i) << 2), next - i);
    k += next - i;
    attrsSetValue(out, k, attrsValue(right, j));
    k++;
    i = next < ln && shapeSymbol(l, next) == sym ? next + 1 : next;
  }
  copyWords(out + 8 + ((<usize>k) << 2), left + 8 + ((<usize>i) << 2), ln - i);
  return out;
}

/** The same symbols without positions (what `mapAttrs` gives). */
export function shapeWithoutPos(s: usize): usize {
  const known = <usize>load<u32>(s, 12);
  if (known) return known;
  const n = shapeCount(s);
  if (!n) return EMPTY_SHAPE;
  // a permanent shape must not refer to a collected one
  const v = isPermanent(s) ? permShape(n) : allocShape(n);
  for (let i: u32 = 0; i < n; i++) {
    shapeSetSymbol(v, i, shapeSymbol(s, i));
    shapeSetPos(v, i, 0);
  }
  store<u32>(v, <u32>v, 12);
  store<u32>(s, <u32>v, 12);
  return v;
}
function isPermanent(s: usize): bool {
  return load<u8>(PAGE_KIND + (s >>> 16)) == PAGE_OTHER;
}

/**
 * The indices of a shape's attributes in byte-wise order of their names, as an array of u32: computed once a shape.
 */
export function shapeNameOrder(s: usize): usize {
  const known = <usize>load<u32>(s, 8);
  if (known) return known + 4;
  const n = shapeCount(s);
  const bytes = 4 + ((<usize>n) << 2);
  let order: usize;
  if (isPermanent(s)) {
    order = permAlloc(bytes);
    store<u32>(order, KIND_BYTES | ((<u32>(bytes >>> 2)) << 8));
  } else order = alloc(KIND_BYTES, bytes);
  const data = order + 4;
  for (let i: u32 = 0; i < n; i++) store<u32>(data + ((<usize>i) << 2), i);
  sortByName(s, data, n);
  if (s != EMPTY_SHAPE) store<u32>(s, <u32>order, 8);
  return data;
}
function sortByName(s: usize, data: usize, n: u32): void {
  if (load<u32>(SORT_CAP) < n) {
    let cap: u32 = 16384;
    while (cap < n) cap <<= 1;
    store<u32>(SORT, <u32>pagesAlloc(<usize>cap * 12));
    store<u32>(SORT_CAP, cap);
  }
  let from = data;
  let to = <usize>load<u32>(SORT);
  for (let width: u32 = 1; width < n; width <<= 1) {
    for (let lo: u32 = 0; lo < n; lo += width << 1) {
      const mid = min(lo + width, n);
      const hi = min(lo + (width << 1), n);
      let i = lo;
      let j = mid;
      for (let k = lo; k < hi; k++) {
        let left = i < mid;
        if (left && j < hi)
          left =
            symbolCompare(shapeSymbol(s, load<u32>(from + ((<usize>i) << 2))), shapeSymbol(s, load<u32>(from + ((<usize>j) << 2)))) <= 0;
        store<u32>(to + ((<usize>k) << 2), load<u32>(from + ((<usize>(left ? i++ : j++)) << 2)));
      }
    }
    const t = from;
    from = to;
    to = t;
  }
  if (from != data) memory.copy(data, from, (<usize>n) << 2);
}
