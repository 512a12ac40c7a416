/**
 * The stack of items: what the lists under construction have collected. A list's items are together at the top whenever one is added,
 * since all that was parsed in between has been taken off again; the list's value is the offset of its first item.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { arenaAlloc } from './arena';
import { IT_CAP, IT_DATA, IT_TOP } from './state';

const KEEP: u32 = 4 << 20;

/** Room for `bytes` on top; returns its address, which holds until the next push. */
export function itemsPush(bytes: u32): usize {
  const top = load<u32>(IT_TOP);
  if (top + bytes > load<u32>(IT_CAP)) grow();
  store<u32>(IT_TOP, top + bytes);
  return <usize>load<u32>(IT_DATA) + top;
}

// @ts-ignore: decorator
@inline
export function itemsTop(): u32 {
  return load<u32>(IT_TOP);
}

/** The address of the item at an offset. */
// @ts-ignore: decorator
@inline
export function itemsAt(offset: u32): usize {
  return <usize>load<u32>(IT_DATA) + offset;
}

/** Takes everything from `offset` on off the stack. */
// @ts-ignore: decorator
@inline
export function itemsDrop(offset: u32): void {
  store<u32>(IT_TOP, offset);
}

/** Moves the items from `offset` on to the arena. */
export function itemsTake(offset: u32): usize {
  const bytes = load<u32>(IT_TOP) - offset;
  const array = arenaAlloc(bytes);
  memory.copy(array, itemsAt(offset), bytes);
  store<u32>(IT_TOP, offset);
  return array;
}

export function itemsReset(): void {
  store<u32>(IT_TOP, 0);
  const cap = load<u32>(IT_CAP);
  if (cap <= KEEP) return;
  pagesFree(<usize>load<u32>(IT_DATA), cap);
  store<u32>(IT_CAP, 0);
}

function grow(): void {
  const cap = load<u32>(IT_CAP);
  const want: u32 = cap ? cap * 2 : 65536;
  const data = pagesAlloc(want);
  if (cap) {
    memory.copy(data, <usize>load<u32>(IT_DATA), cap);
    pagesFree(<usize>load<u32>(IT_DATA), cap);
  }
  store<u32>(IT_DATA, <u32>data);
  store<u32>(IT_CAP, want);
}
