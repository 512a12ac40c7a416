/**
 * Growing vectors of references for procedures: CELLS objects, kept in a frame's slot beside their length. Unused cells
 * are 0, which the collector skips.
 */
import { LARGE_BYTES, KIND_FREE, alloc, objectBytes } from '../heap/alloc';
import { ST_BUMP } from '../heap/state';
import { KIND_CELLS, KIND_LIST } from '../value/kinds';
import { EMPTY_LIST, allocList } from '../value/layout';

/** A vector of `n` empty cells. */
export function vectorNew(n: u32): usize {
  const p = alloc(KIND_CELLS, 4 + ((<usize>n) << 2));
  memory.fill(p + 4, 0, (<usize>n) << 2);
  return p;
}
// @ts-ignore: decorator
@inline
export function vectorRoom(v: usize): u32 {
  return <u32>(objectBytes(v) >>> 2) - 1;
}
/** The vector itself, or a larger copy that holds at least `n` cells. */
export function vectorReserve(v: usize, n: u32): usize {
  const room = vectorRoom(v);
  if (n <= room) return v;
  let want: u32 = room < 8 ? 8 : room * 2;
  while (want < n) want *= 2;
  const out = vectorNew(want);
  memory.copy(out + 4, v + 4, (<usize>room) << 2);
  return out;
}

/** A list of the first `n` cells. */
export function vectorToList(v: usize, n: u32): usize {
  const list = allocList(n);
  if (n) memory.copy(list + 4, v + 4, (<usize>n) << 2);
  return list;
}
/** The vector turned into a list of its first `n` cells in place, where it can be cut; the vector is used up. */
export function vectorBecomeList(v: usize, n: u32): usize {
  if (!n) return EMPTY_LIST;
  const bytes = objectBytes(v);
  if (bytes > LARGE_BYTES) return vectorToList(v, n);
  const keep = 4 + ((<usize>n) << 2);
  store<u32>(v, KIND_LIST | ((<u32>(keep >>> 2)) << 8));
  if (keep == bytes) return v;
  if (v + bytes == <usize>load<u32>(ST_BUMP)) store<u32>(ST_BUMP, <u32>(v + keep));
  else store<u32>(v + keep, KIND_FREE | ((<u32>((bytes - keep) >>> 2)) << 8));
  return v;
}
