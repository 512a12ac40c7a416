/**
 * The order in which suspended values are forced, for the host to show. Off, it costs a comparison with a local variable instead of a
 * constant. The setting ForceEvents says how many of the first are kept; all are counted, thunks by their code too.
 *
 *   event: | kind of suspended value:8 depth:24 | which | position |
 *   open:  heights of frames on the stack: a force has ended when the stack is no higher than its frame was
 *
 * which: of a thunk its code, of an application the function's record (0: no lambda), of a selection the symbol, else a procedure's number.
 */
import { ST_SETTINGS } from '../heap/state';
import { bufData, bufLen, bufReserve, bufSetLen } from '../heap/text';
import { NumberSetting } from '../settings';
import { KIND_LAMBDA, KIND_NATIVE, KIND_SELECT, KIND_THUNK } from '../value/kinds';
import { deref, kindOf, untag } from '../value/layout';
import { Counted, countKey } from './counting';
import { VM_STACK } from './native';

const EVENTS: usize = memory.data(12); // Buf
const OPEN: usize = memory.data(12); // Buf
const TOTAL: usize = memory.data(4);
const EVENT_BYTES: u32 = 12;
const DEPTH_MOST: u32 = 0xffffff;

/** How many are kept; 0: nobody asks. */
// @ts-ignore: decorator
@inline
export function forcesKept(): u32 {
  return load<u32>(ST_SETTINGS, NumberSetting.ForceEvents << 2);
}

/** How many forces go on while the stack is as high as this. */
function depthAt(height: u32): u32 {
  let n = bufLen(OPEN);
  while (n && load<u32>(bufData(OPEN) + n - 4) >= height) n -= 4;
  bufSetLen(OPEN, n);
  return n >>> 2;
}

/** Tells that `x` is forced: its frame lies at `frame`. `aux`: the position of the attribute that it is, tagged. */
export function forced(x: usize, kind: u32, frame: usize, aux: u32): void {
  store<u32>(TOTAL, load<u32>(TOTAL) + 1);
  if (kind == KIND_THUNK) countKey(Counted.Forces, load<u32>(x, 4));
  if (bufLen(EVENTS) >= forcesKept() * EVENT_BYTES) return;
  const height = <u32>(frame - <usize>load<u32>(VM_STACK));
  const depth = min(depthAt(height), DEPTH_MOST);
  store<u32>(bufReserve(OPEN, 4), height);
  bufSetLen(OPEN, bufLen(OPEN) + 4);
  const at = bufReserve(EVENTS, EVENT_BYTES);
  store<u32>(at, kind | (depth << 8));
  store<u32>(at, subject(x, kind), 4);
  store<u32>(at, position(x, kind, aux), 8);
  bufSetLen(EVENTS, bufLen(EVENTS) + EVENT_BYTES);
}
function subject(x: usize, kind: u32): u32 {
  if (kind == KIND_THUNK) return load<u32>(x, 4);
  // the instruction that made a selection's thunk: | InheritSelect | symbol | position | position of the source |
  if (kind == KIND_SELECT) return load<u32>(selection(x), 4);
  if (kind == KIND_NATIVE) return <u32>untag(<usize>load<u32>(x, 4));
  const f = deref(<usize>load<u32>(x, 4));
  return kindOf(f) == KIND_LAMBDA ? load<u32>(f, 4) : 0;
}
function position(x: usize, kind: u32, aux: u32): u32 {
  if (kind == KIND_SELECT) return load<u32>(selection(x), 8);
  return aux > 1 ? aux >>> 1 : 0;
}
function selection(x: usize): usize {
  return <usize>(load<u32>(x, 8) & ~1);
}

export function forceEvents(): usize {
  return bufData(EVENTS);
}
export function forceEventsLength(): u32 {
  return bufLen(EVENTS);
}
export function forcesTotal(): u32 {
  return load<u32>(TOTAL);
}
