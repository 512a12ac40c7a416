/**
 * What is known of (landing, position) pairs: an instruction that follows a byte, at a place of the text. From there the
 * executor has no memory of how it came but its captures, so a second visit finds what the first has found, and since only
 * the first match of a length counts it need not be made. This bounds the time of every match (cf. R. Cox, "Regular
 * Expression Matching: the Virtual Machine Approach", memoization).
 *
 * Dense form: a row of two bit sets (failed, found) a position, valid where the row's stamps are of this generation, so that
 * nothing is ever cleared. Sparse form for texts too large for that: a cache of cells that overwrite each other; to forget
 * a pair costs time only.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { bufData } from '../heap/text';
import { P_LANDINGS } from './program';
import { MEMO_BITS, MEMO_FAILED, MEMO_FOUND, MEMO_GENERATION, MEMO_ON, MEMO_SPARSE, MEMO_STAMPS, MEMO_WORDS } from './state';

export const enum Visit {
  None,
  Failed,
  Found,
}

const MAX_DENSE: u64 = 64 << 20;
const KEPT: usize = 4 << 20;
const CELL_BITS: u32 = 20;
const CELL_BYTES: usize = 8 << CELL_BITS;
/** Generations are told apart by this many bits in a cell. */
const CELL_GENERATION: u32 = 0x1fff;

/** Makes a zeroed buffer at least this large; what it held is lost. */
function provide(buf: usize, bytes: usize): void {
  const have = <usize>load<u32>(buf, 8);
  if (have >= bytes) return;
  if (have) pagesFree(bufData(buf), have);
  bytes = (bytes + 65535) & ~65535;
  store<u32>(buf, <u32>pagesAlloc(bytes));
  store<u32>(buf, <u32>bytes, 8);
}

function release(buf: usize): void {
  const have = <usize>load<u32>(buf, 8);
  if (have <= KEPT) return;
  pagesFree(bufData(buf), have);
  store<u32>(buf, 0);
  store<u32>(buf, 0, 8);
}

function nextGeneration(): u32 {
  const generation = load<u32>(MEMO_GENERATION) + 1;
  store<u32>(MEMO_GENERATION, generation);
  return generation;
}

/** Begins to remember visits of a program to a text of `len` bytes. */
export function memoBegin(program: usize, len: u32): void {
  const words = (load<u32>(program, P_LANDINGS) + 31) >>> 5;
  const rows = <u64>len + 1;
  const sparse = rows * <u64>(words + 1) * 8 > MAX_DENSE;
  store<u32>(MEMO_WORDS, words);
  store<u32>(MEMO_SPARSE, sparse ? 1 : 0);
  if (sparse) {
    provide(MEMO_BITS, CELL_BYTES);
    memory.fill(bufData(MEMO_BITS), 0, CELL_BYTES);
  } else {
    provide(MEMO_STAMPS, (<usize>rows) << 3);
    provide(MEMO_BITS, (<usize>rows * words) << 3);
  }
  store<u32>(MEMO_FAILED, nextGeneration());
  store<u32>(MEMO_FOUND, nextGeneration());
  store<u32>(MEMO_ON, 1);
}

/** Forgets where matches were found: the next search of the same text has to make them again, for their captures. */
export function memoNextSearch(): void {
  if (!load<u32>(MEMO_ON)) return;
  const generation = nextGeneration();
  store<u32>(MEMO_FOUND, generation);
  if (!load<u32>(MEMO_SPARSE) || (generation & CELL_GENERATION) > 1) return;
  memory.fill(bufData(MEMO_BITS), 0, CELL_BYTES);
  store<u32>(MEMO_FAILED, generation);
  store<u32>(MEMO_FOUND, nextGeneration());
}

/** Ends remembering, and gives large memory back. */
export function memoEnd(): void {
  if (!load<u32>(MEMO_ON)) return;
  store<u32>(MEMO_ON, 0);
  release(MEMO_STAMPS);
  release(MEMO_BITS);
}

/** What came of visiting `landing` at `offset` in the text. */
export function memoGet(landing: u32, offset: u32): Visit {
  if (load<u32>(MEMO_SPARSE)) return sparseGet(landing, offset);
  const stamps = bufData(MEMO_STAMPS) + ((<usize>offset) << 3);
  const words = <usize>load<u32>(MEMO_WORDS);
  const row = bufData(MEMO_BITS) + ((<usize>offset * words) << 3) + ((landing >>> 5) << 2);
  const bit: u32 = 1 << (landing & 31);
  if (load<u32>(stamps) == load<u32>(MEMO_FAILED) && load<u32>(row) & bit) return Visit.Failed;
  if (load<u32>(stamps, 4) == load<u32>(MEMO_FOUND) && load<u32>(row + (words << 2)) & bit) return Visit.Found;
  return Visit.None;
}

/** Records a visit as failed or found. */
export function memoSet(landing: u32, offset: u32, found: bool): void {
  if (load<u32>(MEMO_SPARSE)) return sparseSet(landing, offset, found);
  const words = <usize>load<u32>(MEMO_WORDS);
  const stamp = bufData(MEMO_STAMPS) + ((<usize>offset) << 3) + (found ? 4 : 0);
  const generation = load<u32>(found ? MEMO_FOUND : MEMO_FAILED);
  const bits = bufData(MEMO_BITS) + ((<usize>offset * words) << 3) + (found ? words << 2 : 0);
  if (load<u32>(stamp) != generation) {
    store<u32>(stamp, generation);
    memory.fill(bits, 0, words << 2);
  }
  const at = bits + ((landing >>> 5) << 2);
  store<u32>(at, load<u32>(at) | (1 << (landing & 31)));
}

// A cell: | key (position, landing) 49 bits | found 1 | used 1 | generation 13 |
function cellOf(key: u64): usize {
  return bufData(MEMO_BITS) + ((<usize>((key * 0x9e3779b97f4a7c15) >>> (64 - CELL_BITS))) << 3);
}

function cellValue(key: u64, found: bool): u64 {
  const generation = load<u32>(found ? MEMO_FOUND : MEMO_FAILED) & CELL_GENERATION;
  return (key << 15) | (found ? 0x4000 : 0) | 0x2000 | (<u64>generation);
}

function sparseGet(landing: u32, offset: u32): Visit {
  const key = ((<u64>offset) << 17) | (<u64>landing);
  const value = load<u64>(cellOf(key));
  if (value == cellValue(key, false)) return Visit.Failed;
  if (value == cellValue(key, true)) return Visit.Found;
  return Visit.None;
}

function sparseSet(landing: u32, offset: u32, found: bool): void {
  const key = ((<u64>offset) << 17) | (<u64>landing);
  store<u64>(cellOf(key), cellValue(key, found));
}
