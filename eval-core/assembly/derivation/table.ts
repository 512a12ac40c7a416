/**
 * Tables that live as long as the machine: a word by a non-zero word, open addressing.
 *
 *   table: | cells | mask | count |      cell: | key | value |
 */
import { pagesAlloc, pagesFree } from '../heap/pages';

export const TABLE_BYTES: usize = 12;
const FIRST_CELLS: u32 = 8192;

// @ts-ignore: decorator
@inline
function slotOf(key: u32, mask: u32): u32 {
  const h = key * 0x9e3779b1;
  return (h ^ (h >>> 15)) & mask;
}

/** The value of a key, or 0. */
export function tableGet(t: usize, key: u32): u32 {
  const cells = <usize>load<u32>(t);
  if (!cells) return 0;
  const mask = load<u32>(t, 4);
  for (let at = slotOf(key, mask); ; at = (at + 1) & mask) {
    const cell = cells + ((<usize>at) << 3);
    const k = load<u32>(cell);
    if (k == key) return load<u32>(cell, 4);
    if (!k) break;
  }
  return 0;
}

/** Sets the value of a key. */
export function tableSet(t: usize, key: u32, value: u32): void {
  if (!load<u32>(t)) {
    store<u32>(t, <u32>pagesAlloc((<usize>FIRST_CELLS) << 3));
    store<u32>(t, FIRST_CELLS - 1, 4);
  }
  if (load<u32>(t, 8) * 2 > load<u32>(t, 4)) grow(t);
  put(t, key, value);
}

function put(t: usize, key: u32, value: u32): void {
  const cells = <usize>load<u32>(t);
  const mask = load<u32>(t, 4);
  let at = slotOf(key, mask);
  for (;;) {
    const k = load<u32>(cells + ((<usize>at) << 3));
    if (!k || k == key) break;
    at = (at + 1) & mask;
  }
  const cell = cells + ((<usize>at) << 3);
  if (!load<u32>(cell)) store<u32>(t, load<u32>(t, 8) + 1, 8);
  store<u32>(cell, key);
  store<u32>(cell, value, 4);
}

function grow(t: usize): void {
  const old = <usize>load<u32>(t);
  const n = load<u32>(t, 4) + 1;
  store<u32>(t, <u32>pagesAlloc((<usize>n) << 4));
  store<u32>(t, n * 2 - 1, 4);
  store<u32>(t, 0, 8);
  for (let i: u32 = 0; i < n; i++) {
    const key = load<u32>(old + ((<usize>i) << 3));
    if (key) put(t, key, load<u32>(old + ((<usize>i) << 3), 4));
  }
  pagesFree(old, (<usize>n) << 3);
}
