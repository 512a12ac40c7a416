/**
 * Emission of one body of code at a time: into a buffer, then to permanent memory. Nested bodies (thunks, functions) wait in a
 * work list, so that the compiler's recursion is bounded by strict nesting alone, not by the depth of the source.
 *
 * Trace ranges: an error that passes an instruction in [start, end) gets a trace line of a kind at a position. They
 * cost nothing until an error asks.
 *
 *   range: | start | end | position | kind |        body: | (position | name |) length in bytes | instruction words … |
 */
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { pagesAlloc, pagesFree, permAlloc } from '../heap/pages';
import { ST_COMPILE } from '../heap/state';
import { Op } from '../gen/opcodes';
import { forcesKept } from '../vm/forces';

const CODE: usize = ST_COMPILE + 0; // Buf
const BODY_RANGES: usize = ST_COMPILE + 12; // Buf of ranges of this body, starts and ends relative
const WORK: usize = ST_COMPILE + 24; // Buf of work items
const RANGES: usize = ST_COMPILE + 36; // all ranges: address, count, capacity
const RANGE_COUNT: usize = ST_COMPILE + 40;
const RANGE_CAP: usize = ST_COMPILE + 44;

export const enum Range {
  Branch = 1,
  Assert,
  AndLeft,
  AndRight,
  OrLeft,
  OrRight,
  ImplLeft,
  ImplRight,
  Not,
  UpdateLeft,
  UpdateRight,
  Sub,
  Mul,
  Div,
  Less,
  With,
  AssertEq,
  /** between LevelUp and LevelDown */
  Level,
  /** the position is that of the file's body: `while evaluating the file` */
  File,
  /** for the debugger; instead of a position: | scope's record | number of frames | */
  Scope,
}

// @ts-ignore: decorator
@inline
export function here(): u32 {
  return bufLen(CODE);
}
export function emitWord(w: u32): void {
  store<u32>(bufReserve(CODE, 4), w);
  bufSetLen(CODE, bufLen(CODE) + 4);
}
export function emit(op: Op, operand: u32): void {
  emitWord((<u32>op) | (operand << 8));
}
/** A two-word instruction. */
export function emit2(op: Op, operand: u32, word: u32): void {
  emitWord((<u32>op) | (operand << 8));
  emitWord(word);
}
export function patchWord(at: u32, w: u32): void {
  store<u32>(bufData(CODE) + at, w);
}
export function wordAt(at: u32): u32 {
  return load<u32>(bufData(CODE) + at);
}
/** Makes the jump word at `at` lead here (byte distance from the word after it). */
export function patchJump(at: u32): void {
  patchWord(at, here() - at - 4);
}

export function rangeAdd(start: u32, pos: u32, kind: Range): void {
  if (start == here()) return;
  const p = bufReserve(BODY_RANGES, 16);
  store<u32>(p, start);
  store<u32>(p, here(), 4);
  store<u32>(p, pos, 8);
  store<u32>(p, kind, 12);
  bufSetLen(BODY_RANGES, bufLen(BODY_RANGES) + 16);
}

// ---- the work list: | node | scope | frame | function record (0: a thunk) | address of the word to patch | name | position of the name |
export const WORK_BYTES: u32 = 28;
const LABEL: usize = memory.data(4); // symbol, 0: none
const LABEL_POS: usize = memory.data(4);

/** Says what the next expression is the value of, until `labelEnd`. */
export function labelBegin(symbol: u32, pos: u32): void {
  store<u32>(LABEL, symbol);
  store<u32>(LABEL_POS, pos);
}
export function labelEnd(): void {
  store<u32>(LABEL, 0);
  store<u32>(LABEL_POS, 0);
}

export function workPush(node: usize, scope: usize, frame: usize, fn: usize, patch: u32): void {
  const p = bufReserve(WORK, WORK_BYTES);
  store<u32>(p, <u32>node);
  store<u32>(p, <u32>scope, 4);
  store<u32>(p, <u32>frame, 8);
  store<u32>(p, <u32>fn, 12);
  store<u32>(p, patch, 16);
  store<u32>(p, load<u32>(LABEL), 20);
  store<u32>(p, load<u32>(LABEL_POS), 24);
  bufSetLen(WORK, bufLen(WORK) + WORK_BYTES);
}
export function workLen(): u32 {
  return bufLen(WORK);
}
/** Takes the last item off; its words stay readable until the next push. */
export function workPop(): usize {
  const len = bufLen(WORK) - WORK_BYTES;
  bufSetLen(WORK, len);
  return bufData(WORK) + len;
}
export function workReset(): void {
  bufReset(WORK);
}

export function bodyBegin(): void {
  bufReset(CODE);
  bufReset(BODY_RANGES);
}

/**
 * Places the body; thunks that it made since `workMark` get the addresses of their words. Returns the code's address. Where forcing is told,
 * `label` and `pos`, the name of what it is the value of, and its position, stand before it.
 */
export function bodyEnd(workMark: u32, label: u32, pos: u32): usize {
  const len = bufLen(CODE);
  const head: usize = forcesKept() ? 12 : 4;
  const code = permAlloc(<usize>len + head) + head;
  store<u32>(code - 4, len);
  if (head > 4) {
    store<u32>(code - 8, label);
    store<u32>(code - 12, pos);
  }
  memory.copy(code, bufData(CODE), len);
  const work = bufData(WORK);
  for (let at = workMark; at < bufLen(WORK); at += WORK_BYTES) {
    const item = work + at;
    if (!load<u32>(item, 12)) store<u32>(item, <u32>code + load<u32>(item, 16), 16);
  }
  rangesKeep(code);
  return code;
}

function rangesKeep(code: usize): void {
  const len = bufLen(BODY_RANGES);
  const count = load<u32>(RANGE_COUNT);
  const more = len >> 4;
  if (!more) return;
  if (count + more > load<u32>(RANGE_CAP)) {
    let cap = load<u32>(RANGE_CAP) ? load<u32>(RANGE_CAP) * 2 : 4096;
    while (cap < count + more) cap *= 2;
    const data = pagesAlloc((<usize>cap) << 4);
    if (count) {
      memory.copy(data, <usize>load<u32>(RANGES), (<usize>count) << 4);
      pagesFree(<usize>load<u32>(RANGES), (<usize>load<u32>(RANGE_CAP)) << 4);
    }
    store<u32>(RANGES, <u32>data);
    store<u32>(RANGE_CAP, cap);
  }
  const to = <usize>load<u32>(RANGES) + ((<usize>count) << 4);
  memory.copy(to, bufData(BODY_RANGES), len);
  for (let i: u32 = 0; i < more; i++) {
    const r = to + ((<usize>i) << 4);
    store<u32>(r, load<u32>(r) + <u32>code);
    store<u32>(r, load<u32>(r, 4) + <u32>code, 4);
  }
  store<u32>(RANGE_COUNT, count + more);
}

/**
 * Index of the first range at or behind `from` that holds the instruction at `pc`, or -1. Inner ranges come before outer.
 */
export function rangeFind(pc: usize, from: u32): i32 {
  const n = load<u32>(RANGE_COUNT);
  const data = <usize>load<u32>(RANGES);
  for (let i = from; i < n; i++) {
    const r = data + ((<usize>i) << 4);
    if (<u32>pc >= load<u32>(r) && <u32>pc < load<u32>(r, 4)) return <i32>i;
  }
  return -1;
}
export function rangePos(i: u32): u32 {
  return load<u32>(<usize>load<u32>(RANGES) + ((<usize>i) << 4), 8);
}
export function rangeKind(i: u32): u32 {
  return load<u32>(<usize>load<u32>(RANGES) + ((<usize>i) << 4), 12);
}
