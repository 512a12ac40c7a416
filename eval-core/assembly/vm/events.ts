/**
 * Calls as events, for `--trace-function-calls` and `--eval-profiler`. Off, they cost one test of a local variable a call. A call has ended when
 * the machine's stack is no higher than its result; that is seen at the next event, or at the end of the slice.
 *
 *   event: | what | position of the call | which |            what: Called, 0 for an end
 *   open:  | height of the frame on the stack | position of the call |
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { FN_NAME, FN_POS } from '../compile/functions';
import { KIND_ATTRS, KIND_STRING } from '../value/kinds';
import { deref, kindOf, strBytes, strLen } from '../value/layout';
import { attrsGet } from '../value/shapes';
import { symbolIntern, symbolOf } from '../value/symbols';
import { VM_SP, VM_STACK } from './native';

export const enum Called {
  End = 0,
  /** which: the function's record */
  Function = 1,
  /** which: the builtin's number */
  Builtin = 2,
  /** which: the position of `__functor` */
  Functor = 3,
  /** `derivationStrict`; which: the derivation's name, a symbol */
  Derivation = 4,
}

const EVENTS: usize = memory.data(12); // Buf
const OPEN: usize = memory.data(12); // Buf
const EVENT_BYTES: u32 = 12;
const OPEN_BYTES: u32 = 8;
/** A result takes one word of the place where its frame was. */
const RESULT_BYTES: u32 = 4;

function event(what: Called, pos: u32, which: u32): void {
  const at = bufReserve(EVENTS, EVENT_BYTES);
  store<u32>(at, what);
  store<u32>(at, pos, 4);
  store<u32>(at, which, 8);
  bufSetLen(EVENTS, bufLen(EVENTS) + EVENT_BYTES);
}

/** Calls whose frames are gone when the stack is no higher than `height`. */
function endAbove(height: u32): void {
  let n = bufLen(OPEN);
  while (n) {
    const top = bufData(OPEN) + n - OPEN_BYTES;
    if (height > load<u32>(top) + RESULT_BYTES) break;
    event(Called.End, load<u32>(top, 4), 0);
    n -= OPEN_BYTES;
  }
  bufSetLen(OPEN, n);
}

/** A call whose frame, or result, will lie at `frame`. */
export function called(what: Called, pos: u32, which: u32, frame: usize): void {
  const height = <u32>(frame - <usize>load<u32>(VM_STACK));
  endAbove(height);
  const at = bufReserve(OPEN, OPEN_BYTES);
  store<u32>(at, height);
  store<u32>(at, pos, 4);
  bufSetLen(OPEN, bufLen(OPEN) + OPEN_BYTES);
  event(what, pos, which);
}

/** The name of the derivation that `derivationStrict` is called with, as a symbol; 0 where it is not known yet. */
export function derivationName(argument: usize): u32 {
  const set = deref(argument);
  const name = kindOf(set) == KIND_ATTRS ? attrsGet(set, symbolOf('name')) : 0;
  if (!name) return 0;
  const value = deref(name);
  return kindOf(value) == KIND_STRING ? symbolIntern(strBytes(value), strLen(value)) : 0;
}

/** At the end of a slice: where the events lie. They are gone with the next call. */
export function eventsTake(): usize {
  endAbove(<u32>(<usize>load<u32>(VM_SP) - <usize>load<u32>(VM_STACK)));
  return bufData(EVENTS);
}
export function eventsLength(): u32 {
  return bufLen(EVENTS);
}
export function eventsForget(): void {
  bufReset(EVENTS);
}
export function calledName(fn: u32): u32 {
  return load<u32>(<usize>fn, FN_NAME);
}
export function calledPosition(fn: u32): u32 {
  return load<u32>(<usize>fn, FN_POS);
}
