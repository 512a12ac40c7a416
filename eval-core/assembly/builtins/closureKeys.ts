/**
 * The keys that `genericClosure` has met. All integers or all strings: a hash table. Anything else: a red-black tree that
 * is grown as libstdc++'s `std::map` grows one, since which keys are compared with which shows in errors.
 *
 *   table (BYTES): | mask | hash | key number + 1 | …
 *   tree (BYTES):  | root | left | right | parent | red | …         node numbers are key numbers + 1, 0 is none
 */
import { objectBytes } from '../heap/alloc';
import { KIND_INT } from '../value/kinds';
import { intValue, kindOf, mkBytes, strBytes, strLen } from '../value/layout';

// ---- hash table

const TABLE_HEAD: usize = 8;

function hashOf(key: usize): u32 {
  if (kindOf(key) == KIND_INT) {
    const n = intValue(key);
    return ((<u32>n) ^ (<u32>(n >> 32) * 0x85ebca6b)) * 0x9e3779b1;
  }
  const len = strLen(key);
  const data = strBytes(key);
  let h: u32 = len;
  let i: u32 = 0;
  for (; i + 4 <= len; i += 4) {
    h = (h ^ load<u32>(data + i)) * 0x9e3779b1;
    h ^= h >>> 15;
  }
  for (; i < len; i++) h = (h ^ (<u32>load<u8>(data + i))) * 0x01000193;
  return h ^ (h >>> 16);
}
function sameKey(a: usize, b: usize): bool {
  if (kindOf(a) == KIND_INT) return intValue(a) == intValue(b);
  return strLen(a) == strLen(b) && !memory.compare(strBytes(a), strBytes(b), strLen(a));
}
function tableNew(slots: u32): usize {
  const t = mkBytes(4 + ((<usize>slots) << 3));
  memory.fill(t + TABLE_HEAD, 0, (<usize>slots) << 3);
  store<u32>(t, slots - 1, 4);
  return t;
}

/** A table without keys. */
export function keyTableNew(): usize {
  return tableNew(32);
}
/** A table with room for one more than `count` keys: the same, or a larger copy. */
export function keyTableReserve(t: usize, count: u32): usize {
  const mask = load<u32>(t, 4);
  if (count * 2 <= mask) return t;
  const out = tableNew((mask + 1) << 1);
  const wide = load<u32>(out, 4);
  for (let i: u32 = 0; i <= mask; i++) {
    const from = t + TABLE_HEAD + ((<usize>i) << 3);
    if (!load<u32>(from, 4)) continue;
    let at = load<u32>(from) & wide;
    while (load<u32>(out + TABLE_HEAD + ((<usize>at) << 3), 4)) at = (at + 1) & wide;
    store<u64>(out + TABLE_HEAD + ((<usize>at) << 3), load<u64>(from));
  }
  return out;
}
/** Adds key number `count` unless an equal one is there; returns whether it was added. `keys` is the vector of the keys. */
export function keyTableAdd(t: usize, keys: usize, key: usize, count: u32): bool {
  const mask = load<u32>(t, 4);
  const hash = hashOf(key);
  let at = hash & mask;
  for (;;) {
    const entry = t + TABLE_HEAD + ((<usize>at) << 3);
    const n = load<u32>(entry, 4);
    if (!n) {
      store<u32>(entry, hash);
      store<u32>(entry, count + 1, 4);
      return true;
    }
    // the cells of a vector begin behind its header, and `n` is the number plus one
    if (load<u32>(entry) == hash && sameKey(<usize>load<u32>(keys + ((<usize>n) << 2)), key)) return false;
    at = (at + 1) & mask;
  }
  return false;
}

// ---- red-black tree (Cormen et al., "Introduction to Algorithms", chapter 13)

const ROOT: usize = 4;
const NODE_BYTES: usize = 16;
const LEFT: usize = 8;
const RIGHT: usize = 12;
const PARENT: usize = 16;
const RED: usize = 20;

// @ts-ignore: decorator
@inline
function node(t: usize, n: u32): usize {
  return t + <usize>(n - 1) * NODE_BYTES;
}
/** A tree with room for `n` keys. */
export function keyTreeNew(n: u32): usize {
  const t = mkBytes(4 + <usize>n * NODE_BYTES);
  store<u32>(t, 0, ROOT);
  return t;
}
/** The tree, or a larger copy that holds key number `count`. */
export function keyTreeReserve(t: usize, count: u32): usize {
  const room = <u32>((objectBytes(t) - 8) / NODE_BYTES);
  if (count < room) return t;
  const out = keyTreeNew(room * 2 + 8);
  memory.copy(out + 4, t + 4, 4 + <usize>count * NODE_BYTES);
  return out;
}
export function keyTreeRoot(t: usize): u32 {
  return load<u32>(t, ROOT);
}
export function keyTreeLeft(t: usize, n: u32): u32 {
  return load<u32>(node(t, n), LEFT);
}
export function keyTreeRight(t: usize, n: u32): u32 {
  return load<u32>(node(t, n), RIGHT);
}
/** The first node in order. */
export function keyTreeFirst(t: usize): u32 {
  let n = keyTreeRoot(t);
  while (n && keyTreeLeft(t, n)) n = keyTreeLeft(t, n);
  return n;
}
/** The node after `n` in order, or 0. */
export function keyTreeNext(t: usize, n: u32): u32 {
  let m = keyTreeRight(t, n);
  if (m) {
    while (keyTreeLeft(t, m)) m = keyTreeLeft(t, m);
    return m;
  }
  m = parentOf(t, n);
  while (m && keyTreeRight(t, m) == n) {
    n = m;
    m = parentOf(t, n);
  }
  return m;
}
/** The node before `n` in order, or 0. */
export function keyTreePrevious(t: usize, n: u32): u32 {
  let m = keyTreeLeft(t, n);
  if (m) {
    while (keyTreeRight(t, m)) m = keyTreeRight(t, m);
    return m;
  }
  m = parentOf(t, n);
  while (m && keyTreeLeft(t, m) == n) {
    n = m;
    m = parentOf(t, n);
  }
  return m;
}

function parentOf(t: usize, n: u32): u32 {
  return load<u32>(node(t, n), PARENT);
}
function isRed(t: usize, n: u32): bool {
  return n != 0 && load<u32>(node(t, n), RED) != 0;
}
function setRed(t: usize, n: u32, red: u32): void {
  store<u32>(node(t, n), red, RED);
}
/** Replaces `n` by `m` below the parent of `n`. */
function replaceChild(t: usize, n: u32, m: u32): void {
  const p = parentOf(t, n);
  if (m) store<u32>(node(t, m), p, PARENT);
  if (!p) store<u32>(t, m, ROOT);
  else if (keyTreeLeft(t, p) == n) store<u32>(node(t, p), m, LEFT);
  else store<u32>(node(t, p), m, RIGHT);
}
function rotateLeft(t: usize, n: u32): void {
  const m = keyTreeRight(t, n);
  const inner = keyTreeLeft(t, m);
  replaceChild(t, n, m);
  store<u32>(node(t, n), inner, RIGHT);
  if (inner) store<u32>(node(t, inner), n, PARENT);
  store<u32>(node(t, m), n, LEFT);
  store<u32>(node(t, n), m, PARENT);
}
function rotateRight(t: usize, n: u32): void {
  const m = keyTreeLeft(t, n);
  const inner = keyTreeRight(t, m);
  replaceChild(t, n, m);
  store<u32>(node(t, n), inner, LEFT);
  if (inner) store<u32>(node(t, inner), n, PARENT);
  store<u32>(node(t, m), n, RIGHT);
  store<u32>(node(t, n), m, PARENT);
}

/** Adds node `n` below `parent` (0: as the root), on its left or right, and balances the tree. */
export function keyTreeInsert(t: usize, n: u32, parent: u32, left: bool): void {
  const at = node(t, n);
  store<u32>(at, 0, LEFT);
  store<u32>(at, 0, RIGHT);
  store<u32>(at, parent, PARENT);
  store<u32>(at, 1, RED);
  if (!parent) store<u32>(t, n, ROOT);
  else if (left) store<u32>(node(t, parent), n, LEFT);
  else store<u32>(node(t, parent), n, RIGHT);
  balance(t, n);
}
function balance(t: usize, start: u32): void {
  let n = start;
  while (isRed(t, parentOf(t, n))) {
    const p = parentOf(t, n);
    const g = parentOf(t, p);
    const pIsLeft = keyTreeLeft(t, g) == p;
    const uncle = pIsLeft ? keyTreeRight(t, g) : keyTreeLeft(t, g);
    if (!isRed(t, uncle)) {
      rotateUp(t, n, p, g, pIsLeft);
      break;
    }
    setRed(t, p, 0);
    setRed(t, uncle, 0);
    setRed(t, g, 1);
    n = g;
  }
  setRed(t, keyTreeRoot(t), 0);
}
/** Puts the parent of red `n`, or `n` itself where it is an inner grandchild, in the place of the grandparent. */
function rotateUp(t: usize, n: u32, p: u32, g: u32, pIsLeft: bool): void {
  let top = p;
  if (n == (pIsLeft ? keyTreeRight(t, p) : keyTreeLeft(t, p))) {
    if (pIsLeft) rotateLeft(t, p);
    else rotateRight(t, p);
    top = n;
  }
  setRed(t, top, 0);
  setRed(t, g, 1);
  if (pIsLeft) rotateRight(t, g);
  else rotateLeft(t, g);
}
