/**
 * The debugger's part of the machine: stopping at errors and at `break`, where evaluation stands, what is in scope there, and evaluating
 * something else meanwhile.
 *
 * A stop is a request to the host. Until it is answered the host may ask for the places of the stack, and, between `debugEnter` and
 * `debugLeave`, start jobs: they run on the same stack, above what waits.
 *
 *   | frames of the job that waits … | what is kept of it | root of the other job | its frames …
 *   kept: | pc | frame (distance from the stack's begin, tagged) | environment | result | depth, tagged | attribute | error | handle, tagged |
 */
import { Range, rangeFind, rangeKind, rangePos } from '../compile/emit';
import { FN_FLAGS, FN_NAME, FN_POS, FN_ROOT } from '../compile/functions';
import { Err, NEW_ERROR, currentError, errorCode, setCurrentError } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { Req, requestBegin, requestNumber } from '../requests';
import { NumberSetting, settingNumber } from '../settings';
import { KIND_ATTRS } from '../value/kinds';
import { deref, kindOf, tag, untag } from '../value/layout';
import { DUP_LAST, attrsAdd, attrsBegin, attrsCount, attrsFinish, attrsSymbol, attrsValue } from '../value/shapes';
import { callSite, positionAt } from './frames';
import { FAILED, TARGET } from './jobs';
import { NATIVE_PROC, VM_ACC, VM_AUX, VM_DEPTH, VM_ENV, VM_FP, VM_PC, VM_SP, VM_STACK, awaitHost } from './native';
import { FRAME_AUX, TAG_CALL, TAG_NATIVE, TAG_ROOT } from './stack';

/** Why evaluation has stopped: operand 0 of the request. */
export const enum Stop {
  Error = 0,
  Break = 1,
}

const STOPPED: usize = memory.data(4); // the error in flight has been shown, and goes on
const NESTED: usize = memory.data(4); // distance of the base of jobs from the begin of the stack, 0: nothing waits
const AHEAD: usize = memory.data(4); // what is evaluated meanwhile only looks ahead
const KEPT_WORDS: u32 = 8;

/** Whether `break` is to stop: there is a debugger, and it is not what evaluates. */
export function debugging(): bool {
  return settingNumber(NumberSetting.Debugger) != 0 && !load<u32>(NESTED);
}

// ---- stopping

/** Asks the host to look at a new error; the machine goes on with `stoppedAtError`. */
export function stopsAtError(): bool {
  const fresh = load<u32>(NEW_ERROR) != 0 && debugging();
  store<u32>(NEW_ERROR, 0);
  if (!fresh) return false;
  const code = errorCode(currentError());
  if (code == Err.Memory || code == Err.Interrupted || code == Err.StackOverflow) return false;
  if (settingNumber(NumberSetting.IgnoreTry) && tried()) return false;
  store<u32>(STOPPED, 1);
  requestBegin(Req.Debug);
  requestNumber(Stop.Error);
  requestNumber(u32(tried()));
  return true;
}
/** Whether a job goes on with an error that has been looked at. */
export function stoppedAtError(): bool {
  const stopped = load<u32>(STOPPED) != 0 && !load<u32>(NESTED);
  if (stopped) store<u32>(STOPPED, 0);
  return stopped;
}
/** Whether a `tryEval` is under way. */
function tried(): bool {
  for (let f = <usize>load<u32>(VM_FP); f && load<u32>(f, 12) != TAG_ROOT; f = <usize>load<u32>(f)) {
    if (load<u32>(f, 12) == TAG_NATIVE && <u32>untag(<usize>load<u32>(f, NATIVE_PROC)) == Proc.tryEval) return true;
  }
  return false;
}
/** Stops, then enters `next`. */
export function stopAtBreak(f: usize, next: i32): i32 {
  requestBegin(Req.Debug);
  requestNumber(Stop.Break);
  requestNumber(0);
  return awaitHost(f, next);
}

// ---- where evaluation stands

export const enum Place {
  /** the call of a function or builtin */
  Call = 0,
  /** the body of a function */
  Function = 1,
  /** the body of a file or of what the user typed */
  Root = 2,
  /** an attribute on its way */
  Attribute = 3,
}
const PLACES: usize = memory.data(12); // Buf: | Place | position | name (symbol, 0: none) | pc | environment |
const PLACE_BYTES: u32 = 20;

function place(what: Place, pos: u32, name: u32, pc: usize, env: u32): void {
  const at = bufReserve(PLACES, PLACE_BYTES);
  store<u32>(at, what);
  store<u32>(at, pos, 4);
  store<u32>(at, name, 8);
  store<u32>(at, <u32>pc, 12);
  store<u32>(at, env, 16);
  bufSetLen(PLACES, bufLen(PLACES) + PLACE_BYTES);
}

/** Collects the places, innermost first. Returns their number; `placeAt` gives their words. */
export function placesCollect(): u32 {
  bufReset(PLACES);
  let pc = <usize>load<u32>(VM_PC);
  let env = load<u32>(VM_ENV);
  for (let f = <usize>load<u32>(VM_FP); f; f = <usize>load<u32>(f)) {
    const tagWord = load<u32>(f, 12);
    if (tagWord == TAG_ROOT) break;
    const aux = load<u32>(f, FRAME_AUX);
    const outer = <usize>load<u32>(f, 4) - 8;
    const outerEnv = load<u32>(f, 8);
    if (tagWord == TAG_CALL) functionPlaces(<usize>aux, f, pc, env, outer, outerEnv);
    else if (tagWord == TAG_NATIVE) builtinPlace(f, outer, outerEnv);
    else if (aux > 1 && aux & 1) place(Place.Attribute, aux >>> 1, 0, pc, env);
    pc = outer;
    env = outerEnv;
  }
  return bufLen(PLACES) / PLACE_BYTES;
}
function functionPlaces(fn: usize, f: usize, pc: usize, env: u32, outer: usize, outerEnv: u32): void {
  if (load<u32>(fn, FN_FLAGS) & FN_ROOT) return place(Place.Root, positionAt(pc), 0, pc, env);
  place(Place.Function, load<u32>(fn, FN_POS), load<u32>(fn, FN_NAME), pc, env);
  place(Place.Call, callSite(outer, <usize>load<u32>(f)), 0, outer, outerEnv);
}
/** The call of a builtin; work on behalf of other instructions is no place of its own. */
function builtinPlace(f: usize, outer: usize, outerEnv: u32): void {
  const pos = (load<u32>(outer) & 0xff) == Op.Call ? callSite(outer, <usize>load<u32>(f)) : 0;
  if (pos) place(Place.Call, pos, 0, outer, outerEnv);
}
export function placeAt(i: u32): usize {
  return bufData(PLACES) + <usize>(i * PLACE_BYTES);
}

// ---- what is in scope

/** The record of the innermost scope at a place (compile/scope.ts), or 0; `scopeEnv` gives environments from there. */
export function placeScope(i: u32): usize {
  const pc = <usize>load<u32>(placeAt(i), 12);
  for (let r = rangeFind(pc, 0); r >= 0; r = rangeFind(pc, r + 1)) {
    if (rangeKind(r) != Range.Scope) continue;
    store<u32>(FRAMES, load<u32>(<usize>rangePos(r), 4));
    return <usize>load<u32>(<usize>rangePos(r));
  }
  return 0;
}
const FRAMES: usize = memory.data(4); // number of frames at the place that was looked at last

/** The environment that a scope's names lie in, seen from place `i`. */
function scopeEnv(record: usize, i: u32): usize {
  let env = <usize>load<u32>(placeAt(i), 16);
  for (let n = load<u32>(FRAMES) - load<u32>(record, 4); n && env; n--) env = <usize>load<u32>(env, 4);
  return env;
}

/** All that is in scope at a place, as a set: inner names hide outer ones, names of `with` are hidden by all others. */
export function placeVariables(i: u32): usize {
  const mark = attrsBegin();
  const innermost = placeScope(i);
  addScopes(innermost, i, true);
  addScopes(innermost, i, false);
  return attrsFinish(mark, DUP_LAST);
}
/** Adds the names of the scopes from outside in. */
function addScopes(innermost: usize, i: u32, withs: bool): void {
  let n: u32 = 0;
  for (let r = innermost; r; r = <usize>load<u32>(r)) n++;
  for (; n; n--) {
    let r = innermost;
    for (let k: u32 = 1; k < n; k++) r = <usize>load<u32>(r);
    const env = scopeEnv(r, i);
    if (!env) continue;
    if (withs) addWith(r, env);
    else addNames(r, env);
  }
}
function addWith(r: usize, env: usize): void {
  const slot = load<u32>(r, 8);
  const v = slot ? <usize>load<u32>(env + ((<usize>(slot - 1)) << 2), 8) : 0;
  const set = v ? deref(v) : 0;
  if (!set || kindOf(set) != KIND_ATTRS) return;
  for (let i: u32 = 0; i < attrsCount(set); i++) attrsAdd(attrsSymbol(set, i), attrsValue(set, i), 0);
}
function addNames(r: usize, env: usize): void {
  const n = load<u32>(r, 12);
  for (let i: u32 = 0; i < n; i++) {
    const at = r + ((<usize>i) << 3);
    const v = <usize>load<u32>(env + ((<usize>load<u32>(at, 20)) << 2), 8);
    if (v) attrsAdd(load<u32>(at, 16), v, 0);
  }
}

// ---- evaluating something else

/** Puts the job that waits aside. `ahead`: nothing of what comes may change what it will find but by finishing it. */
export function debugEnter(ahead: u32): void {
  store<u32>(AHEAD, ahead);
  const s = <usize>load<u32>(VM_SP);
  const stack = <usize>load<u32>(VM_STACK);
  store<u32>(s, load<u32>(VM_PC));
  store<u32>(s, <u32>tag(<i32>(<usize>load<u32>(VM_FP) - stack)), 4);
  store<u32>(s, load<u32>(VM_ENV), 8);
  store<u32>(s, load<u32>(VM_ACC), 12);
  store<u32>(s, <u32>tag(<i32>load<u32>(VM_DEPTH)), 16);
  store<u32>(s, load<u32>(VM_AUX), 20);
  store<u32>(s, <u32>currentError(), 24);
  store<u32>(s, <u32>tag(<i32>load<u32>(TARGET)), 28);
  store<u32>(VM_SP, <u32>(s + KEPT_WORDS * 4));
  store<u32>(NESTED, <u32>(s + KEPT_WORDS * 4 - stack));
}
/** Takes it up again. */
export function debugLeave(): void {
  const stack = <usize>load<u32>(VM_STACK);
  const s = stack + <usize>load<u32>(NESTED) - KEPT_WORDS * 4;
  store<u32>(VM_SP, <u32>s);
  store<u32>(VM_PC, load<u32>(s));
  store<u32>(VM_FP, <u32>(stack + untag(<usize>load<u32>(s, 4))));
  store<u32>(VM_ENV, load<u32>(s, 8));
  store<u32>(VM_ACC, load<u32>(s, 12));
  store<u32>(VM_DEPTH, untag(<usize>load<u32>(s, 16)));
  store<u32>(VM_AUX, load<u32>(s, 20));
  setCurrentError(<usize>load<u32>(s, 24));
  store<u32>(TARGET, untag(<usize>load<u32>(s, 28)));
  store<u32>(FAILED, 0);
  store<u32>(NEW_ERROR, 0);
  store<u32>(NESTED, 0);
  store<u32>(AHEAD, 0);
}
/**
 * Whether evaluation looks ahead while another job waits: what that one has under way is no infinite recursion, and errors are left to those whose turn it
 * will be.
 */
export function looksAhead(): bool {
  return load<u32>(AHEAD) != 0;
}
/** Where on the stack the root of a job lies, counted from the stack's begin. */
export function nestedBase(): usize {
  return <usize>load<u32>(NESTED);
}
/** The frame of what waits below a new job, or 0. */
export function waitingFrame(): usize {
  const base = <usize>load<u32>(NESTED);
  if (!base) return 0;
  const stack = <usize>load<u32>(VM_STACK);
  return stack + untag(<usize>load<u32>(stack + base - KEPT_WORDS * 4, 4));
}
