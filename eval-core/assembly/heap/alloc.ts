/**
 * The collected heap: bump allocation into windows.
 *
 * Every object starts with one header word and is a whole number of words:
 *
 *   31                8 7 6 5      0
 *   |  size in words   |M|B|  kind  |      M: marked (only during a collection)   B: under evaluation ("black hole")
 *
 * Objects live in chunks of 1 MiB, which are walked from object to object by the headers; what is larger than 64 KiB has
 * a page run of its own. Nothing moves: a collection marks, then lists the holes between what lives, and
 * allocation bumps through the holes. A bump window is [ST_BUMP, ST_LIMIT).
 *
 * A collection happens only between two slices of the machine, never inside a builtin: references in locals are safe.
 * Every word of an object must be written before the next safepoint.
 */
import {
  ST_ALLOCATED,
  ST_BUMP,
  ST_CHUNKS,
  ST_CHUNK_CAP,
  ST_CHUNK_COUNT,
  ST_HOLES,
  ST_LARGE,
  ST_LARGE_CAP,
  ST_LARGE_COUNT,
  ST_LIMIT,
} from './state';
import { PAGE_BYTES, PAGE_HEAP, pagesAlloc, pagesFree, pagesSetKind } from './pages';

export const CHUNK_BYTES: usize = 1 << 20;
export const LARGE_BYTES: usize = 65536;
/** Sizes that do not fit the header: the size in bytes stands in the word before the object. */
export const HUGE_WORDS: u32 = 0xffffff;
export const KIND_FREE: u32 = 0;

/** `bytes` (a multiple of 4, header included) of uninitialised memory whose header is written here. */
// @ts-ignore: decorator
@inline
export function alloc(kind: u32, bytes: usize): usize {
  const p = <usize>load<u32>(ST_BUMP);
  const end = p + bytes;
  if (end > <usize>load<u32>(ST_LIMIT)) return allocSlow(kind, bytes);
  store<u32>(ST_BUMP, <u32>end);
  store<u32>(p, kind | ((<u32>(bytes >>> 2)) << 8));
  return p;
}

function listPush(listAt: usize, countAt: usize, capAt: usize, value: usize): void {
  const count = load<u32>(countAt);
  const cap = load<u32>(capAt);
  if (count == cap) {
    const want = cap ? cap * 2 : 16384;
    const data = pagesAlloc((<usize>want) << 2);
    if (cap) {
      memory.copy(data, <usize>load<u32>(listAt), (<usize>cap) << 2);
      pagesFree(<usize>load<u32>(listAt), (<usize>cap) << 2);
    }
    store<u32>(listAt, <u32>data);
    store<u32>(capAt, want);
  }
  store<u32>(<usize>load<u32>(listAt) + ((<usize>count) << 2), <u32>value);
  store<u32>(countAt, count + 1);
}

/** Closes the bump window with a filler, so that the chunk can be walked. */
export function closeWindow(): void {
  const p = <usize>load<u32>(ST_BUMP);
  const end = <usize>load<u32>(ST_LIMIT);
  if (p < end) store<u32>(p, KIND_FREE | ((<u32>((end - p) >>> 2)) << 8));
  store<u32>(ST_BUMP, 0);
  store<u32>(ST_LIMIT, 0);
}

function allocLarge(kind: u32, bytes: usize): usize {
  const words = bytes >>> 2;
  const huge = words >= <usize>HUGE_WORDS;
  // a huge object is preceded by 16 bytes, of which the last word is its size
  const run = pagesAlloc(bytes + (huge ? 16 : 0));
  const p = huge ? run + 16 : run;
  if (huge) store<u32>(p - 4, <u32>bytes);
  pagesSetKind(run, PAGE_BYTES, PAGE_HEAP);
  listPush(ST_LARGE, ST_LARGE_COUNT, ST_LARGE_CAP, p);
  store<u32>(ST_ALLOCATED, load<u32>(ST_ALLOCATED) + <u32>bytes);
  store<u32>(p, kind | ((huge ? HUGE_WORDS : <u32>words) << 8));
  return p;
}

function allocSlow(kind: u32, bytes: usize): usize {
  if (bytes > LARGE_BYTES) return allocLarge(kind, bytes);
  for (;;) {
    closeWindow();
    const hole = <usize>load<u32>(ST_HOLES);
    if (!hole) break;
    // a hole: | header | next hole | …
    store<u32>(ST_HOLES, load<u32>(hole, 4));
    const holeBytes = (<usize>(load<u32>(hole) >>> 8)) << 2;
    store<u32>(ST_BUMP, <u32>hole);
    store<u32>(ST_LIMIT, <u32>(hole + holeBytes));
    store<u32>(ST_ALLOCATED, load<u32>(ST_ALLOCATED) + <u32>holeBytes);
    if (holeBytes >= bytes) return bump(kind, bytes);
  }
  const chunk = pagesAlloc(CHUNK_BYTES);
  pagesSetKind(chunk, CHUNK_BYTES, PAGE_HEAP);
  listPush(ST_CHUNKS, ST_CHUNK_COUNT, ST_CHUNK_CAP, chunk);
  store<u32>(ST_ALLOCATED, load<u32>(ST_ALLOCATED) + <u32>CHUNK_BYTES);
  store<u32>(ST_BUMP, <u32>chunk);
  store<u32>(ST_LIMIT, <u32>(chunk + CHUNK_BYTES));
  return bump(kind, bytes);
}
/** Takes from a window that is known to be large enough. */
function bump(kind: u32, bytes: usize): usize {
  const p = <usize>load<u32>(ST_BUMP);
  store<u32>(ST_BUMP, <u32>(p + bytes));
  store<u32>(p, kind | ((<u32>(bytes >>> 2)) << 8));
  return p;
}

/** Size in bytes of the object at `p`, header included. */
// @ts-ignore: decorator
@inline
export function objectBytes(p: usize): usize {
  const words = load<u32>(p) >>> 8;
  return words == HUGE_WORDS ? <usize>load<u32>(p - 4) : (<usize>words) << 2;
}
