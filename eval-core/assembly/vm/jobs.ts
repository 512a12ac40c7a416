/**
 * Roots: what the host asks the machine to do. One job runs at a time; its result goes to a handle, a place in a table
 * that the collector scans.
 */
import { Proc } from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { bufData, bufLen, bufReset } from '../heap/text';
import { printPlain } from '../print/plain';
import { NumberSetting, maxCallDepth, settingNumber } from '../settings';
import { Err, NEW_ERROR, fail } from '../diag/errors';
import { ST_LIVE, ST_OUT_OF_MEMORY, ST_STRESS, ST_VM, rootAddress } from '../heap/state';
import { collect, collectDue } from '../heap/collect';
import { memoryLimit } from '../heap/pages';
import { NULL, cell, deref, kindOf, mkCells, mkString, setCell } from '../value/layout';
import { KIND_ATTRS, KIND_LAMBDA } from '../value/kinds';
import { attrsAdd, attrsBegin, attrsFinish, attrsGet, attrsCount, attrsPos, attrsSymbol, attrsValue, DUP_LAST } from '../value/shapes';
import {
  FN_ELLIPSIS,
  FN_FLAGS,
  FN_HAS_FORMALS,
  functionFormalHasDefault,
  functionFormalPos,
  functionFormalSymbol,
  functionFormalsCount,
} from '../compile/functions';
import { msgArgSym, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { symbolOf } from '../value/symbols';
import {
  Act,
  VM_DEPTH,
  VM_ENV,
  VM_FP,
  VM_SP,
  VM_STACK,
  acc,
  call1,
  callProc,
  done,
  force,
  setSlot,
  slot,
  slotInt,
  stateOf,
} from './native';
import { FRAME_BYTES, TAG_ROOT, stackInit } from './stack';
import { pushNative } from './frames';
import { slice } from './machine';
import { nestedBase, stoppedAtError, waitingFrame } from './debug';
import { Step } from './steps';
import { unwind } from './unwind';

const ROOT_HANDLES: u32 = 2;
const HANDLES: usize = ST_VM + 160; // in use
const FREE: usize = ST_VM + 164; // head of the free list (indices, linked through tagged ints), 0 none
export const TARGET: usize = ST_VM + 168; // handle of the job in flight
export const FAILED: usize = ST_VM + 172; // the job failed before it began
const CODE_HALT: usize = memory.data<u32>([Op.Halt, 0, Op.Halt, 0]);

/** The collector's stress mode: a collection after every `evaluations` of them. What it frees is overwritten. 0 ends it. */
export function setStress(evaluations: u32): void {
  store<u32>(ST_STRESS, evaluations);
}

// ---- handles

export function handleNew(v: usize): u32 {
  let table = <usize>load<u32>(rootAddress(ROOT_HANDLES));
  let h = load<u32>(FREE);
  if (h) {
    store<u32>(FREE, (<u32>cell(table, h)) >>> 1);
    setCell(table, h, v);
    return h;
  }
  h = load<u32>(HANDLES) ? load<u32>(HANDLES) : 1;
  const cap: u32 = table ? (load<u32>(table) >>> 8) - 1 : 0;
  if (h >= cap) {
    const bigger = mkCells(cap ? cap * 2 : 256);
    for (let i: u32 = 0; i < cap; i++) setCell(bigger, i, cell(table, i));
    table = bigger;
    store<u32>(rootAddress(ROOT_HANDLES), <u32>table);
  }
  setCell(table, h, v);
  store<u32>(HANDLES, h + 1);
  return h;
}
export function handleGet(h: u32): usize {
  return cell(<usize>load<u32>(rootAddress(ROOT_HANDLES)), h);
}
export function handleDrop(h: u32): void {
  setCell(<usize>load<u32>(rootAddress(ROOT_HANDLES)), h, <usize>((load<u32>(FREE) << 1) | 1));
  store<u32>(FREE, h);
}

// ---- jobs

function begin(): void {
  if (!load<u32>(VM_STACK)) stackInit();
  const s = <usize>load<u32>(VM_STACK) + nestedBase();
  store<u32>(VM_DEPTH, 0);
  store<u32>(VM_ENV, 0);
  // the root's frame is the lowest, but for what waits in the debugger
  store<u32>(s, <u32>waitingFrame());
  store<u32>(s, <u32>(CODE_HALT + 8), 4);
  store<u32>(s, 0, 8);
  store<u32>(s, TAG_ROOT, 12);
  store<u32>(s, 1, 16);
  store<u32>(VM_FP, <u32>s);
  store<u32>(VM_SP, <u32>(s + FRAME_BYTES));
  store<u32>(FAILED, 0);
}
/** Starts a procedure as a job; returns the handle that will hold its result. */
export function startJob(proc: u32, a: usize, b: usize, c: usize, d: usize): u32 {
  begin();
  pushNative(proc, CODE_HALT + 8);
  const f = <usize>load<u32>(VM_FP);
  setSlot(f, 0, a);
  setSlot(f, 1, b);
  setSlot(f, 2, c);
  setSlot(f, 3, d);
  const h = handleNew(NULL);
  store<u32>(TARGET, h);
  return h;
}
/** What the job that ended left. */
export function jobResult(): usize {
  return deref(handleGet(load<u32>(TARGET)));
}
/** A job that has failed already: the error is in flight. */
export function startFailed(): u32 {
  begin();
  store<u32>(FAILED, 1);
  const h = handleNew(NULL);
  store<u32>(TARGET, h);
  return h;
}
/** A job that is done already. */
export function startDone(v: usize): u32 {
  begin();
  store<u32>(FAILED, 2);
  const h = handleNew(v);
  store<u32>(TARGET, h);
  return h;
}

const SLICE: i32 = 6000;

/** Set while the next run does nothing but collect: so that the host can tell how long it takes, where it keeps statistics. */
const COLLECT_NEXT: usize = memory.data(4);
export function collectsNext(): bool {
  return load<u32>(COLLECT_NEXT) != 0;
}

/** Runs for up to `fuel` evaluations: 0 out of fuel, 1 done, 2 failed, 3 the host is asked. */
export function runJob(fuel: i32): i32 {
  const early = load<u32>(FAILED);
  if (early) return early == 1 ? 2 : 1;
  if (load<u32>(COLLECT_NEXT)) {
    store<u32>(COLLECT_NEXT, 0);
    collect();
    return 0;
  }
  const stress = <i32>load<u32>(ST_STRESS);
  if (stoppedAtError()) {
    let step = unwind();
    while (step == Step.Raise || step == Step.Fail) step = unwind();
    if (step == Step.Failed) return 2;
  }
  while (fuel > 0) {
    const n = stress ? stress : min(fuel, SLICE);
    const step = slice(n);
    fuel -= n;
    if (step == Step.Halt) {
      setCell(<usize>load<u32>(rootAddress(ROOT_HANDLES)), load<u32>(TARGET), <usize>load<u32>(<usize>load<u32>(VM_SP) - 4));
      return 1;
    }
    if (step == Step.Failed) return 2;
    // a request points to texts that nothing else may hold
    if (step == Step.Request) return 3;
    if (load<u32>(ST_OUT_OF_MEMORY) || stress) collect();
    else if (collectDue()) {
      if (settingNumber(NumberSetting.Statistics)) {
        store<u32>(COLLECT_NEXT, 1);
        return 0;
      }
      collect();
    }
    if (load<u32>(ST_OUT_OF_MEMORY) && !relieved()) return outOfMemory();
  }
  return 0;
}

/** After a collection: whether enough is free to go on. */
function relieved(): bool {
  const limit = <u32>memoryLimit();
  if (load<u32>(ST_LIVE) > limit - (limit >>> 3)) return false;
  store<u32>(ST_OUT_OF_MEMORY, 0);
  return true;
}
function outOfMemory(): i32 {
  store<u32>(ST_OUT_OF_MEMORY, 0);
  return stopWith(Err.Memory, 'out of memory: the evaluation needs more than its memory limit');
}
/** Ends the job in flight by an error from outside the program. */
export function stopWith(code: Err, message: string): i32 {
  fail(code, message);
  store<u32>(NEW_ERROR, 0);
  let step = unwind();
  while (step == Step.Raise) step = unwind();
  return 2;
}

// ---- what jobs do

/** Slots: value. */
export function proc_forceValue(f: usize): i32 {
  if (stateOf(f)) return done(acc());
  return force(f, slot(f, 0), 1);
}
/** Slots: function, argument. */
export function proc_apply(f: usize): i32 {
  if (stateOf(f)) return done(acc());
  return call1(f, slot(f, 0), slot(f, 1), 1);
}

/** Nix's autoCallFunction. Slots: 0 value, 1 set of arguments. */
export function proc_autoCall(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return force(f, slot(f, 0), 1);
    case 1: {
      const fn = acc();
      setSlot(f, 0, fn);
      if (kindOf(fn) == KIND_ATTRS) {
        const functor = attrsGet(fn, symbolOf('__functor'));
        return functor ? call1(f, functor, fn, 1) : done(fn);
      }
      if (kindOf(fn) != KIND_LAMBDA) return done(fn);
      const record = <usize>load<u32>(fn, 4);
      if (!(load<u32>(record, FN_FLAGS) & FN_HAS_FORMALS)) return done(fn);
      const args = autoArguments(record, slot(f, 1));
      return args ? call1(f, fn, args, 2) : Act.Fail;
    }
    default:
      return done(acc());
  }
}
function autoArguments(fn: usize, given: usize): usize {
  const mark = attrsBegin();
  if (load<u32>(fn, FN_FLAGS) & FN_ELLIPSIS) {
    for (let i: u32 = 0; i < attrsCount(given); i++) attrsAdd(attrsSymbol(given, i), attrsValue(given, i), attrsPos(given, i));
    return attrsFinish(mark, DUP_LAST);
  }
  const n = functionFormalsCount(fn);
  for (let i: u32 = 0; i < n; i++) {
    const sym = functionFormalSymbol(fn, i);
    const v = attrsGet(given, sym);
    if (v) attrsAdd(sym, v, 0);
    else if (!functionFormalHasDefault(fn, i)) {
      attrsFinish(mark, DUP_LAST);
      return missingArgument(sym, functionFormalPos(fn, i));
    }
  }
  return attrsFinish(mark, DUP_LAST);
}
function missingArgument(sym: u32, pos: u32): usize {
  msgBegin();
  msgLit("cannot evaluate a function that has an argument without a value ('");
  msgArgSym(sym);
  msgLit(
    "')\nNix attempted to evaluate a function as a top level expression; in\nthis case it must have its arguments supplied either by default\nvalues, or passed explicitly with '",
  );
  msgLit("--arg' or '--argstr'. See\nhttps://nix.dev/manual/nix/stable/language/syntax.html#functions.");
  return raiseAt(Err.MissingArgument, pos);
}

const PLAIN: usize = memory.data(12); // Buf

/** What `nix-instantiate --eval` prints, as a string. Slots: value, whether everything in it is forced first. */
export function proc_printPlainText(f: usize): i32 {
  if (stateOf(f) == 0 && slotInt(f, 1)) return callProc(f, Proc.deepForce, slot(f, 0), 1, 1, 1, 1);
  bufReset(PLAIN);
  if (!printPlain(PLAIN, slot(f, 0), maxCallDepth())) {
    fail(Err.StackOverflow, 'stack overflow; max-call-depth exceeded');
    return Act.Fail;
  }
  return done(mkString(bufData(PLAIN), bufLen(PLAIN), 0));
}
