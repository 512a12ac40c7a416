/**
 * The machine's stack: frames and operands, growing upwards in one page run. When it is full it moves to a larger run:
 * only the links between frames point into it.
 *
 *   | previous frame | return pc | return environment | tag | aux | operands …
 *
 * tag: the thunk to update (even), or a tagged number: CALL, NATIVE, ROOT. aux: for a thunk that a selection forced, the
 * attribute's position, tagged; for a call, the function record.
 */
import { pagesAlloc, pagesFree } from '../heap/pages';
import { VM_FP, VM_SP, VM_STACK, VM_STACK_END } from './native';

export const FRAME_AUX: usize = 16;
export const FRAME_BYTES: usize = 20;
export const TAG_CALL: u32 = 1;
export const TAG_NATIVE: u32 = 3;
export const TAG_ROOT: u32 = 5;

/** Every check leaves this room above, so that ordinary bodies need no check of their own. */
export const STACK_SLACK: usize = 65536;
const STACK_FIRST: usize = 1 << 20;
export const STACK_MAX: usize = 256 << 20;

export function stackInit(): void {
  const s = pagesAlloc(STACK_FIRST);
  store<u32>(VM_STACK, <u32>s);
  store<u32>(VM_STACK_END, <u32>(s + STACK_FIRST - STACK_SLACK));
  store<u32>(VM_SP, <u32>s);
  store<u32>(VM_FP, 0);
}

/** Makes room for `more` bytes above the saved stack pointer; false if the stack is at its limit. Registers are saved and change. */
export function stackGrow(more: usize): bool {
  const old = <usize>load<u32>(VM_STACK);
  const bytes = <usize>load<u32>(VM_STACK_END) + STACK_SLACK - old;
  let want = bytes * 2;
  while (want < bytes + more + STACK_SLACK) want *= 2;
  if (want > STACK_MAX) return false;
  const s = pagesAlloc(want);
  const sp = <usize>load<u32>(VM_SP);
  memory.copy(s, old, sp - old);
  const shift = s - old;
  store<u32>(VM_STACK, <u32>s);
  store<u32>(VM_STACK_END, <u32>(s + want - STACK_SLACK));
  store<u32>(VM_SP, <u32>(sp + shift));
  let fp = <usize>load<u32>(VM_FP);
  if (fp) {
    fp += shift;
    store<u32>(VM_FP, <u32>fp);
    for (;;) {
      const prev = <usize>load<u32>(fp);
      if (!prev) break;
      store<u32>(fp, <u32>(prev + shift));
      fp = prev + shift;
    }
  }
  pagesFree(old, bytes);
  return true;
}
