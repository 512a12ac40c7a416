/**
 * What came of branches, by the place, the position and the counters of loops there: for expressions whose loops can be
 * entered in very many orders without taking a byte. A cache of cells that overwrite each other, made when it is first needed;
 * a cell holds a fingerprint of all that the outcome depends on, and the outcome in its lowest bit.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { P_COUNTERS } from './program';
import { CONTEXT_CELLS, CONTEXT_GENERATION } from './state';

const CELL_BITS: u32 = 18;
const CELLS_BYTES: usize = 8 << CELL_BITS;

/** Starts afresh. */
export function contextBegin(): void {
  store<u32>(CONTEXT_GENERATION, load<u32>(CONTEXT_GENERATION) + 1);
}

/** Gives the memory back. */
export function contextEnd(): void {
  const cells = <usize>load<u32>(CONTEXT_CELLS);
  if (!cells) return;
  pagesFree(cells, CELLS_BYTES);
  store<u32>(CONTEXT_CELLS, 0);
}

function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >>> 29);
}

/** The fingerprint of going on at instruction `pc` and position `pos`. Its lowest bit is free. */
export function contextOf(program: usize, counters: usize, pc: usize, pos: usize): u64 {
  let hash = mix(mix(1, load<u32>(CONTEXT_GENERATION)), ((<u64>pc) << 32) | (<u64>pos));
  const count = load<u32>(program, P_COUNTERS);
  for (let i: u32 = 0; i < count; i++) {
    const counter = counters + ((<usize>i) << 3);
    if (load<u32>(counter) == <u32>pos) hash = mix(hash, ((<u64>i) << 8) | (<u64>load<u32>(counter, 4)));
  }
  return hash & ~1;
}

function cellOf(context: u64): usize {
  return <usize>load<u32>(CONTEXT_CELLS) + ((<usize>(context >>> (64 - CELL_BITS))) << 3);
}

/** 1 where something was found from there, 0 where nothing was, -1 where that is not known. */
export function contextGet(context: u64): i32 {
  if (!load<u32>(CONTEXT_CELLS)) store<u32>(CONTEXT_CELLS, <u32>pagesAlloc(CELLS_BYTES));
  const cell = load<u64>(cellOf(context));
  return (cell & ~1) == context ? <i32>(cell & 1) : -1;
}

export function contextSet(context: u64, found: bool): void {
  store<u64>(cellOf(context), context | (found ? 1 : 0));
}
