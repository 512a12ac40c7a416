/**
 * The text that a waiting procedure has written: within a step it goes to one static buffer; before the procedure waits,
 * `outputSave` moves it to a string object in one of its slots, which grows by doubling.
 */
import { BUF_BYTES, bufData, bufLen, bufReset } from "../heap/text";
import { ST_BUILTINS } from "../heap/state";
import { objectBytes } from "../heap/alloc";
import { STRING_HEAD, allocString, isSmall, mkString, strBytes, strLen } from "../value/layout";
import { setSlot, slot } from "../vm/native";

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
