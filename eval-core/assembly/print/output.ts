/**
 * The text that a waiting procedure has written: within a step it goes to one static buffer; before the procedure waits,
 * `outputSave` moves it to a string object in one of its slots, which grows by doubling.
 */
import { BUF_BYTES, bufData, bufLen, bufReset } from '../heap/text';
import { ST_BUILTINS } from '../heap/state';
import { objectBytes } from '../heap/alloc';
import { STRING_HEAD, allocString, isSmall, mkString, strBytes, strLen } from '../value/layout';
import { Err, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { maxCallDepth } from '../settings';
import { VM_DEPTH, setSlot, setSlotInt, slot, slotInt } from '../vm/native';

/** The buffer; ST_BUILTINS + 128 … 255 belongs to printing, JSON, XML and TOML. */
export const OUT: usize = ST_BUILTINS + 128;
export const ST_CONVERT: usize = ST_BUILTINS + 128 + BUF_BYTES;

/** At the entry of each step. */
export function outputBegin(): void {
  bufReset(OUT);
}

/** Moves what was written to the slot. */
export function outputSave(f: usize, at: u32): void {
  const len = bufLen(OUT);
  if (!len) return;
  let text = slot(f, at);
  const used: u32 = isSmall(text) ? 0 : strLen(text);
  const room: u32 = isSmall(text) ? 0 : <u32>(objectBytes(text) - STRING_HEAD);
  if (used + len > room) {
    let want: u32 = room < 256 ? 256 : room * 2;
    while (want < used + len) want *= 2;
    const larger = allocString(want, 0);
    if (used) memory.copy(strBytes(larger), strBytes(text), used);
    setSlot(f, at, larger);
    text = larger;
  }
  memory.copy(strBytes(text) + used, bufData(OUT), len);
  store<u32>(text, used + len, 4);
  bufReset(OUT);
}

/** All that was written, as a string value. */
export function outputString(f: usize, at: u32, context: usize): usize {
  if (isSmall(slot(f, at))) return mkString(bufData(OUT), bufLen(OUT), context);
  outputSave(f, at);
  const text = slot(f, at);
  return mkString(strBytes(text), strLen(text), context);
}

/**
 * Nix counts each level of nesting as a call. While a procedure waits, the levels that it is in are part of the depth: `levels`
 * is how many are around the current one, kept in a slot until `depthLeave`, at the entry of the next step.
 */
export function depthEnter(f: usize, at: u32, levels: u32): void {
  setSlotInt(f, at, levels + 1);
  store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) + levels + 1);
}
export function depthLeave(f: usize, at: u32): void {
  store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) - <u32>slotInt(f, at));
  setSlotInt(f, at, 0);
}
/** Whether a value `levels` deep may still be entered; if not, the error is raised at the position. */
export function depthAllows(levels: u32, pos: u32): bool {
  if (load<u32>(VM_DEPTH) + levels <= maxCallDepth()) return true;
  msgBegin();
  msgLit('stack overflow; max-call-depth exceeded');
  return raiseAt(Err.StackOverflow, pos) != 0;
}
