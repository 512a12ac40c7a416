/**
 * Content-defined chunking: FastCDC (Xia et al., "The Design of Fast Content-Defined Chunking for Data Deduplication Based
 * Storage Systems", IEEE TPDS 2020), which rolls two bytes a step, with the cut points of the Rust crate `fastcdc` (module v2020,
 * normalisation level 1), which Snix chunks with.
 *
 * A context, memory of the caller's:
 *
 *     0      8                12     16    20    24    28     32       40       48
 *     | gear | bytes in chunk | used | min | avg | max | byte | mask S | mask L |
 *       u64    u32              u32                      the first of a pair whose second has not come
 *
 * Mask S, with more bits, holds up to the average size and makes cuts rare; mask L holds after that.
 */
import { md5 } from './md5';

/** Bytes of a context for `chunkInit`. */
export const CHUNK_CTX_SIZE: u32 = 48;

const SIZE: usize = 8;
const USED: usize = 12;
const MIN: usize = 16;
const AVG: usize = 20;
const MAX: usize = 24;
const FIRST: usize = 28;
const MASK_S: usize = 32;
const MASK_L: usize = 40;

// A random number for each byte, and the place that the digests come to first.
const GEAR: usize = memory.data(2048, 8);
const SEED: usize = memory.data(64, 8);
const DIGEST: usize = memory.data(16, 8);
const READY: usize = memory.data(4, 4);

// The masks of the paper's authors, of seven bits to 23: spread evenly, in a window of 48 bits.
// prettier-ignore
const MASKS: usize = memory.data<u64>([
  0x0000000018035100, 0x0000001800035300, 0x0000019000353000, 0x0000590003530000, 0x0000d90003530000, 0x0000d90103530000,
  0x0000d90303530000, 0x0000d90313530000, 0x0000d90f03530000, 0x0000d90303537000, 0x0000d90703537000, 0x0000d90707537000,
  0x0000d91707537000, 0x0000d91747537000, 0x0000d91767537000, 0x0000d93767537000, 0x0000d93777537000,
]);
const FIRST_MASK: u32 = 7;

/** The gear of a byte is the first half of the MD5 of 64 such bytes, as a big-endian number. */
function fillGear(): void {
  if (load<u32>(READY) != 0) return;
  for (let byte: u32 = 0; byte < 256; byte++) {
    memory.fill(SEED, <u8>byte, 64);
    md5(SEED, 64, DIGEST);
    store<u64>(GEAR + (byte << 3), bswap<u64>(load<u64>(DIGEST)));
  }
  store<u32>(READY, 1);
}

/** Makes `ctx` (`CHUNK_CTX_SIZE` bytes) the state before the first byte; the average is 2 to the power of `bits`, 8 to 22. */
export function chunkInit(ctx: usize, bits: u32): void {
  fillGear();
  const average: u32 = 1 << bits;
  store<u64>(ctx, 0);
  store<u32>(ctx + SIZE, 0);
  store<u32>(ctx + MIN, average >> 1);
  store<u32>(ctx + AVG, average);
  store<u32>(ctx + MAX, average << 1);
  store<u64>(ctx + MASK_S, load<u64>(MASKS + ((bits + 1 - FIRST_MASK) << 3)));
  store<u64>(ctx + MASK_L, load<u64>(MASKS + ((bits - 1 - FIRST_MASK) << 3)));
}

/** Takes in, of `len` bytes, those of a chunk's beginning, which decide nothing and need not be seen; answers how many. */
export function chunkSkip(ctx: usize, len: u32): u32 {
  const size = load<u32>(ctx + SIZE);
  const min = load<u32>(ctx + MIN);
  if (size >= min) return 0;
  const taken = min - size < len ? min - size : len;
  store<u32>(ctx + SIZE, size + taken);
  return taken;
}

/** How many bytes of the current chunk have been taken in. */
export function chunkSize(ctx: usize): u32 {
  return load<u32>(ctx + SIZE);
}

/** How many bytes the last `chunkScan` took in. */
export function chunkUsed(ctx: usize): u32 {
  return load<u32>(ctx + USED);
}

/**
 * Takes bytes in up to the end of a chunk. Answers the length of the chunk that ended, or 0 when all bytes were taken in. A cut may
 * lie one byte before `ptr`: then the next chunk has a byte already (`chunkSize`).
 */
export function chunkScan(ctx: usize, ptr: usize, len: u32): u32 {
  const start = ptr;
  const end = ptr + len;
  ptr += chunkSkip(ctx, len);
  store<u32>(ctx + USED, len);
  if (ptr == end) return 0;

  let size = load<u32>(ctx + SIZE);
  const avg = load<u32>(ctx + AVG);
  if (size & 1) {
    const place = secondOfPair(ctx, load<u8>(ptr), load<u64>(ctx + (size < avg ? MASK_S : MASK_L)));
    if (place != 0) return cut(ctx, size + place - 2, 0, 2 - place);
    ptr++;
    size++;
  }
  if (size < avg) {
    const stop = earlier(ptr + (avg - size), end);
    const place = roll(ctx, ptr, stop, load<u64>(ctx + MASK_S));
    if (place != 0) return cut(ctx, size + <u32>(place - ptr), <u32>(place - start), 0);
    size += <u32>(stop - ptr);
    ptr = stop;
  }
  const max = load<u32>(ctx + MAX);
  if (size >= avg) {
    const stop = earlier(ptr + (max - size), end);
    const place = roll(ctx, ptr, stop, load<u64>(ctx + MASK_L));
    if (place != 0) return cut(ctx, size + <u32>(place - ptr), <u32>(place - start), 0);
    size += <u32>(stop - ptr);
    ptr = stop;
  }
  if (size == max) return cut(ctx, max, <u32>(ptr - start), 0);
  store<u32>(ctx + SIZE, size);
  return 0;
}

/** Ends the input: the length of its last chunk, 0 for none. */
export function chunkEnd(ctx: usize): u32 {
  return cut(ctx, load<u32>(ctx + SIZE), 0, 0);
}

function cut(ctx: usize, length: u32, used: u32, begun: u32): u32 {
  store<u64>(ctx, 0);
  store<u32>(ctx + SIZE, begun);
  store<u32>(ctx + USED, used);
  return length;
}

function earlier(a: usize, b: usize): usize {
  return a < b ? a : b;
}

function gearOf(byte: u32): u64 {
  return load<u64>(GEAR + (byte << 3));
}

/** The byte that completes a pair: 1 for a cut before the pair, 2 for one within it, 0 for none. */
function secondOfPair(ctx: usize, byte: u32, mask: u64): u32 {
  let gear = (load<u64>(ctx) << 2) + (gearOf(load<u32>(ctx + FIRST)) << 1);
  if ((gear & (mask << 1)) == 0) return 1;
  gear += gearOf(byte);
  store<u64>(ctx, gear);
  return (gear & mask) == 0 ? 2 : 0;
}

/** Rolls over pairs; the address of the first byte of the next chunk, or 0. An odd byte at the end waits for its second. */
function roll(ctx: usize, ptr: usize, end: usize, mask: u64): usize {
  const mask2 = mask << 1;
  let gear = load<u64>(ctx);
  for (; ptr + 1 < end; ptr += 2) {
    gear = (gear << 2) + (gearOf(load<u8>(ptr)) << 1);
    if ((gear & mask2) == 0) return ptr;
    gear += gearOf(load<u8>(ptr, 1));
    if ((gear & mask) == 0) return ptr + 1;
  }
  store<u64>(ctx, gear);
  if (ptr < end) store<u32>(ctx + FIRST, load<u8>(ptr));
  return 0;
}
