/**
 * String contexts: sets of what a string depends on. An element is a symbol whose name is Nix's encoding:
 *   /nix/store/…          an opaque path          =/nix/store/….drv     a derivation with its whole closure
 *   !out!/nix/store/….drv  an output of a derivation
 * (Nix manual, "String context"). A set is permanent and interned, so equal contexts are one address; 0 is the empty one.
 *
 *   set: | count | hash | element × count, ascending by symbol id |
 */
import { pagesAlloc, pagesFree, permAlloc } from '../heap/pages';
import { ST_CONTEXT } from '../heap/state';

const TABLE: usize = ST_CONTEXT + 0;
const MASK: usize = ST_CONTEXT + 4;
const COUNT: usize = ST_CONTEXT + 8;
const SCRATCH: usize = ST_CONTEXT + 12;
const SCRATCH_CAP: usize = ST_CONTEXT + 16;
const UNIONS: usize = ST_CONTEXT + 20; // (a, b) → union, 4096 entries of 12 bytes
const UNION_MASK: u32 = 4095;

export function contextInit(): void {
  store<u32>(TABLE, <u32>pagesAlloc(16384 * 4));
  store<u32>(MASK, 16383);
  store<u32>(SCRATCH, <u32>pagesAlloc(65536));
  store<u32>(SCRATCH_CAP, 16384);
  store<u32>(UNIONS, <u32>pagesAlloc((<usize>UNION_MASK + 1) * 12));
}

// @ts-ignore: decorator
@inline
export function contextCount(c: usize): u32 {
  return c ? load<u32>(c) : 0;
}
/** Element `i`: a symbol. */
// @ts-ignore: decorator
@inline
export function contextElement(c: usize, i: u32): u32 {
  return load<u32>(c + ((<usize>i) << 2), 8);
}
export function contextHas(c: usize, element: u32): bool {
  const n = contextCount(c);
  for (let i: u32 = 0; i < n; i++) if (contextElement(c, i) == element) return true;
  return false;
}

function scratch(n: u32): usize {
  const cap = load<u32>(SCRATCH_CAP);
  if (n > cap) {
    pagesFree(<usize>load<u32>(SCRATCH), (<usize>cap) << 2);
    let want = cap;
    while (want < n) want <<= 1;
    store<u32>(SCRATCH, <u32>pagesAlloc((<usize>want) << 2));
    store<u32>(SCRATCH_CAP, want);
  }
  return <usize>load<u32>(SCRATCH);
}

/** The interned set of `n` ascending elements. */
function intern(data: usize, n: u32): usize {
  if (!n) return 0;
  let hash: u32 = n;
  for (let i: u32 = 0; i < n; i++) {
    hash = (hash ^ load<u32>(data + ((<usize>i) << 2))) * 0x9e3779b1;
    hash ^= hash >>> 15;
  }
  const table = <usize>load<u32>(TABLE);
  const mask = load<u32>(MASK);
  let at = hash & mask;
  for (;;) {
    const set = <usize>load<u32>(table + ((<usize>at) << 2));
    if (!set) break;
    if (load<u32>(set, 4) == hash && load<u32>(set) == n && !memory.compare(set + 8, data, (<usize>n) << 2)) return set;
    at = (at + 1) & mask;
  }
  const set = permAlloc(8 + ((<usize>n) << 2));
  store<u32>(set, n);
  store<u32>(set, hash, 4);
  memory.copy(set + 8, data, (<usize>n) << 2);
  store<u32>(table + ((<usize>at) << 2), <u32>set);
  const count = load<u32>(COUNT) + 1;
  store<u32>(COUNT, count);
  if (count * 2 > mask) grow();
  return set;
}
function grow(): void {
  const old = <usize>load<u32>(TABLE);
  const oldMask = load<u32>(MASK);
  const mask = oldMask * 2 + 1;
  const table = pagesAlloc((<usize>mask + 1) << 2);
  for (let i: u32 = 0; i <= oldMask; i++) {
    const set = load<u32>(old + ((<usize>i) << 2));
    if (!set) continue;
    let at = load<u32>(<usize>set, 4) & mask;
    while (load<u32>(table + ((<usize>at) << 2))) at = (at + 1) & mask;
    store<u32>(table + ((<usize>at) << 2), set);
  }
  pagesFree(old, (<usize>oldMask + 1) << 2);
  store<u32>(TABLE, <u32>table);
  store<u32>(MASK, mask);
}

/** The set of one element. */
export function contextOf(element: u32): usize {
  const data = scratch(1);
  store<u32>(data, element);
  return intern(data, 1);
}
export function contextAdd(c: usize, element: u32): usize {
  return contextUnion(c, contextOf(element));
}
/** The set without one element. */
export function contextWithout(c: usize, element: u32): usize {
  const n = contextCount(c);
  const data = scratch(n + 1);
  let out: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const e = contextElement(c, i);
    if (e == element) continue;
    store<u32>(data + ((<usize>out) << 2), e);
    out++;
  }
  return intern(data, out);
}

/** The union of two contexts. */
export function contextUnion(a: usize, b: usize): usize {
  if (a == b || !b) return a;
  if (!a) return b;
  const cache = <usize>load<u32>(UNIONS) + <usize>(((((<u32>a) >>> 2) ^ (((<u32>b) >>> 2) * 0x9e3779b1)) & UNION_MASK) * 12);
  if (load<u32>(cache) == <u32>a && load<u32>(cache, 4) == <u32>b) return <usize>load<u32>(cache, 8);
  const an = load<u32>(a);
  const bn = load<u32>(b);
  const data = scratch(an + bn);
  let i: u32 = 0;
  let j: u32 = 0;
  let n: u32 = 0;
  while (i < an || j < bn) {
    const x: u32 = i < an ? contextElement(a, i) : 0xffffffff;
    const y: u32 = j < bn ? contextElement(b, j) : 0xffffffff;
    store<u32>(data + ((<usize>n) << 2), x < y ? x : y);
    n++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  const out = intern(data, n);
  store<u32>(cache, <u32>a);
  store<u32>(cache, <u32>b, 4);
  store<u32>(cache, <u32>out, 8);
  return out;
}
