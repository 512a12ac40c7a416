/**
 * Page runs: linear memory is handed out in runs of 64 KiB pages.
 *
 *   | static data | page run | page run | free run | …            (grows at the end, never shrinks)
 *
 * A byte a page (`PAGE_KIND`) says whether the page belongs to the collected heap: the collector treats a word as a
 * reference only where that is so. Addresses of code, symbols and stacks can thus stand in scanned words.
 */
import { ST_FREE_RUNS, ST_HIGH_WATER, ST_MEMORY_LIMIT, ST_OUT_OF_MEMORY, ST_PAGES_READY, ST_PERM_BUMP, ST_PERM_LIMIT } from './state';

export const PAGE_BYTES: usize = 65536;
export const PAGE_OTHER: u8 = 0;
export const PAGE_HEAP: u8 = 1;

export const PAGE_KIND: usize = memory.data(65536, 16);
const FREE_RUN_MAX: u32 = 4096;
/** Free runs as pairs of words: first page, number of pages. */
const FREE_RUNS: usize = memory.data(32768, 16);

/** The engine is asked for at least so many pages: each call makes it account for the memory, which sets off its own collections. */
const GROW_PAGES: usize = 256;

/** Free bytes that the memory limit keeps back, so that an error about it can still be made. */
const RESERVE: usize = 4 << 20;
/** The limit where the host sets none: what a slice of the machine allocates after it has been passed must still be there. */
const MOST: usize = 0xf8000000;
const SMALL: usize = 1 << 20;

// @ts-ignore: decorator
@inline
export function pageKind(ref: usize): u8 {
  return load<u8>(PAGE_KIND + (ref >>> 16));
}

/** Marks the pages of a run as collected heap or not. */
export function pagesSetKind(ptr: usize, bytes: usize, kind: u8): void {
  memory.fill(PAGE_KIND + (ptr >>> 16), kind, (bytes + PAGE_BYTES - 1) >>> 16);
}

function pagesInit(): void {
  store<u32>(ST_PAGES_READY, 1);
  // What is left of the static data's last page is not used; runs start on whole pages.
  const first = (__heap_base + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
  const have = (<usize>memory.size()) << 16;
  if (have > first) freeRunAdd(first >>> 16, (have - first) >>> 16);
}

function freeRunAdd(page: usize, count: usize): void {
  let n = load<u32>(ST_FREE_RUNS);
  for (let i: u32 = 0; i < n; i++) {
    const at = FREE_RUNS + ((<usize>i) << 3);
    const start = <usize>load<u32>(at);
    const len = <usize>load<u32>(at, 4);
    if (start + len == page) {
      page = start;
      count += len;
    } else if (page + count == start) {
      count += len;
    } else continue;
    // merged: take the neighbour out and go on, there may be one on the other side
    n--;
    store<u64>(at, load<u64>(FREE_RUNS + ((<usize>n) << 3)));
    i--;
  }
  if (n < FREE_RUN_MAX) {
    const at = FREE_RUNS + ((<usize>n) << 3);
    store<u32>(at, <u32>page);
    store<u32>(at, <u32>count, 4);
    n++;
  }
  store<u32>(ST_FREE_RUNS, n);
}

/** The smallest free run that holds `count` pages, or 0. */
function freeRunTake(count: usize): usize {
  const n = load<u32>(ST_FREE_RUNS);
  let best: usize = 0;
  let bestLen: usize = 0xffffffff;
  for (let i: u32 = 0; i < n; i++) {
    const at = FREE_RUNS + ((<usize>i) << 3);
    const len = <usize>load<u32>(at, 4);
    if (len >= count && len < bestLen) {
      best = at;
      bestLen = len;
    }
  }
  if (!best) return 0;
  const page = <usize>load<u32>(best);
  if (bestLen == count) {
    store<u64>(best, load<u64>(FREE_RUNS + ((<usize>(n - 1)) << 3)));
    store<u32>(ST_FREE_RUNS, n - 1);
  } else {
    store<u32>(best, <u32>(page + count));
    store<u32>(best, <u32>(bestLen - count), 4);
  }
  return page << 16;
}

/** Bytes of linear memory that may be used: what the host allows, below what an address can reach. */
export function memoryLimit(): usize {
  const limit = <usize>load<u32>(ST_MEMORY_LIMIT);
  return limit && limit < MOST ? limit : MOST;
}

/** Whether so much can be allocated at once. What is small always can: the reserve is for it. */
export function memoryFits(bytes: u64): bool {
  if (bytes < <u64>SMALL) return true;
  const need = bytes + 131072; // rounding, and what stands before a huge object
  const n = load<u32>(ST_FREE_RUNS);
  for (let i: u32 = 0; i < n; i++) {
    const at = FREE_RUNS + ((<usize>i) << 3);
    const end = (<usize>(load<u32>(at) + load<u32>(at, 4))) << 16;
    if ((<u64>load<u32>(at, 4)) << 16 >= need && end - 1 <= <usize>load<u32>(ST_HIGH_WATER)) return true;
  }
  return <u64>load<u32>(ST_HIGH_WATER) + need + <u64>RESERVE <= <u64>memoryLimit();
}

/**
 * A run of whole pages, `bytes` rounded up; zeroed when it is fresh from the engine, else cleared here.
 * Beyond the memory limit the machine's `out of memory` flag is set (the next safepoint ends the evaluation) and the
 * run is still handed out where the engine has it; where it does not, the engine's own limit traps.
 */
export function pagesAlloc(bytes: usize): usize {
  if (!load<u32>(ST_PAGES_READY)) pagesInit();
  const count = (bytes + PAGE_BYTES - 1) >>> 16;
  const found = freeRunTake(count);
  const mark = <usize>load<u32>(ST_HIGH_WATER);
  const end = (found ? found : mark) + (count << 16);
  if (end > mark && end + RESERVE > memoryLimit()) store<u32>(ST_OUT_OF_MEMORY, 1);
  if (found) return cleared(found, count << 16);
  let want: usize = count < GROW_PAGES ? GROW_PAGES : count;
  let old = memory.grow(<i32>want);
  if (old < 0) {
    want = count;
    old = memory.grow(<i32>count);
    if (old < 0) {
      store<u32>(ST_OUT_OF_MEMORY, 2);
      unreachable();
    }
  }
  freeRunAdd(<usize>old, want);
  return cleared(freeRunTake(count), count << 16);
}

/** Clears what was used before: pages above the high-water mark are as the engine made them, zero and not yet resident. */
function cleared(ptr: usize, bytes: usize): usize {
  const mark = <usize>load<u32>(ST_HIGH_WATER);
  if (ptr < mark) memory.fill(ptr, 0, ptr + bytes < mark ? bytes : mark - ptr);
  if (ptr + bytes > mark) store<u32>(ST_HIGH_WATER, <u32>(ptr + bytes));
  return ptr;
}

/** Gives a run back. */
export function pagesFree(ptr: usize, bytes: usize): void {
  pagesSetKind(ptr, bytes, PAGE_OTHER);
  freeRunAdd(ptr >>> 16, (bytes + PAGE_BYTES - 1) >>> 16);
}

/**
 * Permanent memory (code, symbols, constants): never freed, never scanned, 4-byte aligned. Objects in it must not hold
 * references into the collected heap.
 */
export function permAlloc(bytes: usize): usize {
  bytes = (bytes + 3) & ~3;
  let p = <usize>load<u32>(ST_PERM_BUMP);
  if (p + bytes > <usize>load<u32>(ST_PERM_LIMIT) || !p) {
    if (bytes > 262144) return pagesAlloc(bytes);
    p = pagesAlloc(524288);
    store<u32>(ST_PERM_LIMIT, <u32>(p + 524288));
  }
  store<u32>(ST_PERM_BUMP, <u32>(p + bytes));
  return p;
}
