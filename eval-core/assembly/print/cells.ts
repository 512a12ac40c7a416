/**
 * Growing stacks and sets of references, in collected CELLS objects: the walks of the printers and converters keep their
 * places here, so that they may wait in the middle.
 */
import { objectBytes } from '../heap/alloc';
import { NULL, cell, mkCells, setCell } from '../value/layout';

export function cellsCapacity(c: usize): u32 {
  return <u32>(objectBytes(c) >>> 2) - 1;
}

/** The same cells in a larger object where `need` do not fit. */
export function cellsGrow(c: usize, need: u32): usize {
  const have = cellsCapacity(c);
  if (need <= have) return c;
  let want = have * 2;
  while (want < need) want *= 2;
  const out = mkCells(want);
  memory.copy(out + 4, c + 4, (<usize>have) << 2);
  return out;
}

function seenSlot(set: usize, mask: u32, ref: usize): u32 {
  let at = ((((<u32>ref) >>> 2) * 0x9e3779b1) >>> 7) & mask;
  let have = cell(set, at);
  while (have != NULL && have != ref) {
    at = (at + 1) & mask;
    have = cell(set, at);
  }
  return at;
}

/** A set of references (by identity) of 2^n cells. */
export function seenNew(): usize {
  return mkCells(32);
}
/** Adds to the set unless it is in it; returns whether it was added. `count` is how many it has. */
export function seenAdd(set: usize, ref: usize): bool {
  const at = seenSlot(set, cellsCapacity(set) - 1, ref);
  if (cell(set, at) == ref) return false;
  setCell(set, at, ref);
  return true;
}
/** The set in a table large enough for one more than `count`. */
export function seenRoom(set: usize, count: u32): usize {
  const have = cellsCapacity(set);
  if (count * 2 < have) return set;
  const out = mkCells(have * 2);
  for (let i: u32 = 0; i < have; i++) {
    const ref = cell(set, i);
    if (ref != NULL) setCell(out, seenSlot(out, have * 2 - 1, ref), ref);
  }
  return out;
}
