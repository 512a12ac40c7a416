/**
 * Symbols: interned names. The id of a symbol is its place in the order of interning, which Nix lets show
 * (attribute sets are compared and forced in it); 0 is no symbol.
 *
 * A symbol's name is a permanent string object (value/layout.ts), so that `attrNames` copies nothing.
 *
 *   hash table: open addressing over ids, a power of two    names: id → string object    hashes: id → u32
 */
import { pagesAlloc, pagesFree, permAlloc } from '../heap/pages';
import { literalCopy } from '../heap/text';
import { ST_SYMBOLS } from '../heap/state';
import { KIND_STRING } from './kinds';

const TABLE: usize = ST_SYMBOLS + 0;
const MASK: usize = ST_SYMBOLS + 4;
const COUNT: usize = ST_SYMBOLS + 8;
const NAMES: usize = ST_SYMBOLS + 12;
const HASHES: usize = ST_SYMBOLS + 16;
const CAPACITY: usize = ST_SYMBOLS + 20;

/** FNV-1a over words, then bytes; quick on the short names that Nix code has. */
function hashBytes(ptr: usize, len: u32): u32 {
  let h: u32 = 0x811c9dc5 ^ len;
  let i: u32 = 0;
  for (; i + 4 <= len; i += 4) {
    h = (h ^ load<u32>(ptr + i)) * 0x9e3779b1;
    h ^= h >>> 15;
  }
  for (; i < len; i++) h = (h ^ (<u32>load<u8>(ptr + i))) * 0x01000193;
  h ^= h >>> 13;
  h = h * 0x85ebca6b;
  return h ^ (h >>> 16);
}

function init(): void {
  store<u32>(TABLE, <u32>pagesAlloc(32768 * 4));
  store<u32>(MASK, 32767);
  store<u32>(COUNT, 1);
  store<u32>(CAPACITY, 16384);
  store<u32>(NAMES, <u32>pagesAlloc(16384 * 4));
  store<u32>(HASHES, <u32>pagesAlloc(16384 * 4));
}

function grow(): void {
  const cap = load<u32>(CAPACITY);
  const bytes = (<usize>cap) << 2;
  const names = pagesAlloc(bytes * 2);
  const hashes = pagesAlloc(bytes * 2);
  memory.copy(names, <usize>load<u32>(NAMES), bytes);
  memory.copy(hashes, <usize>load<u32>(HASHES), bytes);
  pagesFree(<usize>load<u32>(NAMES), bytes);
  pagesFree(<usize>load<u32>(HASHES), bytes);
  store<u32>(NAMES, <u32>names);
  store<u32>(HASHES, <u32>hashes);
  store<u32>(CAPACITY, cap * 2);
  const mask = cap * 4 - 1;
  const table = pagesAlloc((<usize>mask + 1) << 2);
  const count = load<u32>(COUNT);
  for (let id: u32 = 1; id < count; id++) {
    let at = load<u32>(hashes + ((<usize>id) << 2)) & mask;
    while (load<u32>(table + ((<usize>at) << 2))) at = (at + 1) & mask;
    store<u32>(table + ((<usize>at) << 2), id);
  }
  pagesFree(<usize>load<u32>(TABLE), (<usize>load<u32>(MASK) + 1) << 2);
  store<u32>(TABLE, <u32>table);
  store<u32>(MASK, mask);
}

function find(ptr: usize, len: u32, hash: u32, add: bool): u32 {
  const table = <usize>load<u32>(TABLE);
  const mask = load<u32>(MASK);
  const names = <usize>load<u32>(NAMES);
  const hashes = <usize>load<u32>(HASHES);
  let at = hash & mask;
  for (;;) {
    const id = load<u32>(table + ((<usize>at) << 2));
    if (!id) break;
    if (load<u32>(hashes + ((<usize>id) << 2)) == hash) {
      const s = <usize>load<u32>(names + ((<usize>id) << 2));
      if (load<u32>(s, 4) == len && !memory.compare(s + 12, ptr, len)) return id;
    }
    at = (at + 1) & mask;
  }
  if (!add) return 0;
  const id = load<u32>(COUNT);
  const s = permAlloc(12 + ((<usize>len + 3) & ~3));
  store<u32>(s, KIND_STRING | (((12 + ((len + 3) & ~3)) >>> 2) << 8));
  store<u32>(s, len, 4);
  store<u32>(s, 0, 8);
  memory.copy(s + 12, ptr, len);
  store<u32>(table + ((<usize>at) << 2), id);
  store<u32>(names + ((<usize>id) << 2), <u32>s);
  store<u32>(hashes + ((<usize>id) << 2), hash);
  store<u32>(COUNT, id + 1);
  if (id + 1 >= load<u32>(CAPACITY)) grow();
  return id;
}

/** The symbol of a name, interned if it is new. */
export function symbolIntern(ptr: usize, len: u32): u32 {
  if (!load<u32>(TABLE)) init();
  return find(ptr, len, hashBytes(ptr, len), true);
}

/** The symbol of a name, or 0 if no such symbol has been interned (so no set has such an attribute). */
export function symbolFind(ptr: usize, len: u32): u32 {
  if (!load<u32>(TABLE)) init();
  return find(ptr, len, hashBytes(ptr, len), false);
}

/** The symbol of an ASCII literal. */
export function symbolOf(s: string): u32 {
  const buf = memory.data(256);
  return symbolIntern(buf, literalCopy(s, buf));
}

/** The name as a string object. */
// @ts-ignore: decorator
@inline
export function symbolString(id: u32): usize {
  return <usize>load<u32>(<usize>load<u32>(NAMES) + ((<usize>id) << 2));
}
// @ts-ignore: decorator
@inline
export function symbolBytes(id: u32): usize {
  return symbolString(id) + 12;
}
// @ts-ignore: decorator
@inline
export function symbolLen(id: u32): u32 {
  return load<u32>(symbolString(id), 4);
}
export function symbolCount(): u32 {
  return load<u32>(COUNT) - 1;
}

/** Byte-wise order of two names. */
export function symbolCompare(a: u32, b: u32): i32 {
  const sa = symbolString(a);
  const sb = symbolString(b);
  const la = load<u32>(sa, 4);
  const lb = load<u32>(sb, 4);
  const c = memory.compare(sa + 12, sb + 12, la < lb ? la : lb);
  return c ? c : la == lb ? 0 : la < lb ? -1 : 1;
}
