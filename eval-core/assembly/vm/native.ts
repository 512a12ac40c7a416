/**
 * Native procedures: builtins and internal work that must wait (for a thunk, a call, the host) are state machines, so
 * that Nix recursion is never Wasm recursion. A procedure is `(f: usize) => i32`: `f` is its frame, and it
 * returns what the machine shall do next. It is entered again at the state it named, with the result in `acc()`.
 *
 *   frame on the machine's stack, growing upwards:
 *   | previous frame | return pc | return environment | tag | aux |
 *   | procedure | state | trace literal | trace position | slot 0 | slot 1 | … | operands …
 *
 * Slots hold references or tagged integers, never raw numbers: the collector scans them. For a builtin, slots 0 … arity-1
 * are its arguments, already forced and checked where the table says so. The other slots start as tagged 0.
 * Frames may move while the procedure is not running: never keep `f` or a slot's address in memory.
 */
import { ST_VM } from '../heap/state';
import { tag, untag } from '../value/layout';

// Registers of the machine, kept here between slices.
export const VM_SP: usize = ST_VM + 0;
export const VM_FP: usize = ST_VM + 4;
export const VM_PC: usize = ST_VM + 8;
export const VM_ENV: usize = ST_VM + 12;
/** What a force, call or procedure returned. */
export const VM_ACC: usize = ST_VM + 16;
export const VM_DEPTH: usize = ST_VM + 20;
export const VM_STACK: usize = ST_VM + 24;
export const VM_STACK_END: usize = ST_VM + 28;
export const VM_STATUS: usize = ST_VM + 32;
// Operands of an action.
export const ACT_FN: usize = ST_VM + 40;
export const ACT_ARGC: usize = ST_VM + 44;
export const ACT_ARGS: usize = ST_VM + 48; // 8 words
export const ACT_POS: usize = ST_VM + 80;
/** The position of the attribute (tagged) whose forcing failed at once: part of the error in flight. */
export const VM_AUX: usize = ST_VM + 84;
/** In VM_AUX: the call site is part of the error already. */
export const SITE_TOLD: u32 = 2;
/** In VM_AUX: arithmetic failed before its builtin was entered. */
export const NOT_ENTERED: u32 = 4;

export const FRAME_PREV: usize = 0;
export const FRAME_PC: usize = 4;
export const FRAME_ENV: usize = 8;
export const FRAME_TAG: usize = 12;
export const NATIVE_PROC: usize = 20;
export const NATIVE_STATE: usize = 24;
export const NATIVE_TRACE: usize = 28;
export const NATIVE_TRACE_POS: usize = 32;
export const NATIVE_SLOTS: usize = 36;

export const enum Act {
  /** the error in flight is raised */
  Fail = 0,
  /** acc is the result (it may be suspended: the machine forces it, with this frame in the trace) */
  Done = 1,
  /** force a reference, then go on */
  Force = 2,
  /** call a function, then go on */
  Call = 3,
  /** run another procedure, then go on */
  Proc = 4,
  /** ask the host, then go on */
  Request = 5,
  /** enter this procedure again at once (after a change of state): a loop's fuel is counted */
  Again = 6,
}

/** State of a procedure that is entered because an error passes it (only if its table entry says `catches`). */
export const STATE_ERROR: i32 = -1;

// @ts-ignore: decorator
@inline
export function slot(f: usize, i: u32): usize {
  return <usize>load<u32>(f + ((<usize>i) << 2), NATIVE_SLOTS);
}
// @ts-ignore: decorator
@inline
export function setSlot(f: usize, i: u32, v: usize): void {
  store<u32>(f + ((<usize>i) << 2), <u32>v, NATIVE_SLOTS);
}
/** Slot as an integer. */
// @ts-ignore: decorator
@inline
export function slotInt(f: usize, i: u32): i32 {
  return untag(slot(f, i));
}
// @ts-ignore: decorator
@inline
export function setSlotInt(f: usize, i: u32, n: i32): void {
  setSlot(f, i, tag(n));
}
// @ts-ignore: decorator
@inline
export function stateOf(f: usize): i32 {
  return untag(<usize>load<u32>(f, NATIVE_STATE));
}
// @ts-ignore: decorator
@inline
export function setState(f: usize, state: i32): void {
  store<u32>(f, <u32>tag(state), NATIVE_STATE);
}
/**
 * While set, an error that passes this frame gets a trace line: an ASCII literal (its address is static), and a position.
 * What needs arguments in its trace line asks for `catches` in its table and adds it in STATE_ERROR.
 */
export function traceOn(f: usize, pos: u32, text: string): void {
  store<u32>(f, <u32>changetype<usize>(text), NATIVE_TRACE);
  store<u32>(f, <u32>tag(pos), NATIVE_TRACE_POS);
}
export function traceOff(f: usize): void {
  store<u32>(f, 0, NATIVE_TRACE);
}
/** What the last action returned: a forced value, never an indirection. */
// @ts-ignore: decorator
@inline
export function acc(): usize {
  return <usize>load<u32>(VM_ACC);
}

/** Ends the procedure with a result. */
export function done(v: usize): i32 {
  if (!v) return Act.Fail;
  store<u32>(VM_ACC, <u32>v);
  return Act.Done;
}
/** Forces `v`, then enters `next` with the value in `acc()`. */
export function force(f: usize, v: usize, next: i32): i32 {
  setState(f, next);
  store<u32>(VM_ACC, <u32>v);
  return Act.Force;
}
/** Calls `fn a` (fn may be any value; what is not a function is an error), then enters `next`. */
export function call1(f: usize, fn: usize, a: usize, next: i32): i32 {
  setState(f, next);
  store<u32>(ACT_FN, <u32>fn);
  store<u32>(ACT_ARGC, 1);
  store<u32>(ACT_ARGS, <u32>a);
  store<u32>(ACT_POS, 0);
  return Act.Call;
}
/** Calls `fn a b`. */
export function call2(f: usize, fn: usize, a: usize, b: usize, next: i32): i32 {
  call1(f, fn, a, next);
  store<u32>(ACT_ARGC, 2);
  store<u32>(ACT_ARGS, <u32>b, 4);
  return Act.Call;
}
/** Runs procedure `proc` with up to four slots given, then enters `next` with its result in `acc()`. */
export function callProc(f: usize, proc: u32, a: usize, b: usize, c: usize, d: usize, next: i32): i32 {
  setState(f, next);
  store<u32>(ACT_FN, proc);
  store<u32>(ACT_ARGS, <u32>a);
  store<u32>(ACT_ARGS, <u32>b, 4);
  store<u32>(ACT_ARGS, <u32>c, 8);
  store<u32>(ACT_ARGS, <u32>d, 12);
  return Act.Proc;
}
/** Enters `next` again, counting fuel: for loops that may be long. */
export function again(f: usize, next: i32): i32 {
  setState(f, next);
  return Act.Again;
}
/** Waits for the host's answer to the request that was written (requests.ts), then enters `next`. */
export function awaitHost(f: usize, next: i32): i32 {
  setState(f, next);
  return Act.Request;
}
