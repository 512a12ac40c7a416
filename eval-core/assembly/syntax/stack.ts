/**
 * The parser's stack. An entry is five words:
 *
 *   | state | begin | end | value | second word of the value |
 *
 * The value of a text token is its address and length, of a number its eight bytes, of a list under construction its offset in the
 * items, of everything else a node.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { PS_CAP, PS_LIMIT, PS_STACK, PS_TOP } from './state';

export const ENTRY: usize = 20;
export const E_STATE: usize = 0;
export const E_BEGIN: usize = 4;
export const E_END: usize = 8;
export const E_VALUE: usize = 12;
export const E_SECOND: usize = 16;

const KEEP: u32 = 4 << 20;

/** Empties the stack but for its first entry, which has state 0. */
export function stackReset(pos: u32): void {
  if (load<u32>(PS_CAP) > KEEP) {
    pagesFree(<usize>load<u32>(PS_STACK), load<u32>(PS_CAP));
    store<u32>(PS_CAP, 0);
  }
  if (!load<u32>(PS_CAP)) allocate(65536);
  const first = <usize>load<u32>(PS_STACK);
  store<u32>(first, 0);
  store<u32>(first, pos, E_BEGIN);
  store<u32>(first, pos, E_END);
  store<u32>(PS_TOP, <u32>first);
}

function allocate(bytes: u32): void {
  const data = pagesAlloc(bytes);
  store<u32>(PS_STACK, <u32>data);
  store<u32>(PS_CAP, bytes);
  store<u32>(PS_LIMIT, <u32>(data + bytes - ENTRY));
}

/** Doubles the stack; returns the new address of the entry at `top`. */
export function stackGrow(top: usize): usize {
  const data = <usize>load<u32>(PS_STACK);
  const cap = load<u32>(PS_CAP);
  allocate(cap * 2);
  const used = top - data;
  memory.copy(<usize>load<u32>(PS_STACK), data, used + ENTRY);
  pagesFree(data, cap);
  return <usize>load<u32>(PS_STACK) + used;
}
