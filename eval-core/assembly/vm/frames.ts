/**
 * Pushing frames for what is suspended, and running native procedures. All work on the registers in memory.
 */
import {
  PROC_STEPS,
  Mode,
  PROC_UNCOUNTED,
  Proc,
  argumentContext,
  callSimple,
  procArity,
  procFlags,
  procMode,
  procOrder,
  procSlots,
  stepProc,
} from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { Err, cloneError, msgBegin, msgLit, raiseAt, setCurrentError } from '../diag/errors';
import {
  BLACKHOLE_BIT,
  KIND_APP,
  KIND_APP2,
  KIND_APP2_AGAIN,
  KIND_FAILED,
  KIND_IND,
  KIND_LAMBDA,
  KIND_LAZY_LAMBDA,
  KIND_NATIVE,
  KIND_PRIMOP,
  KIND_SELECT,
  KIND_THUNK,
} from '../value/kinds';
import { valuePosition } from '../diag/value-position';
import { deref, isValue, primopId, tag, untag } from '../value/layout';
import {
  expectAttrs,
  expectBool,
  expectFunction,
  expectInt,
  expectList,
  expectNumber,
  expectPlainString,
  expectString,
} from '../diag/check';
import { maxCallDepth } from '../settings';
import {
  ACT_ARGC,
  ACT_ARGS,
  ACT_FN,
  Act,
  NATIVE_PROC,
  NATIVE_SLOTS,
  NATIVE_STATE,
  NATIVE_TRACE,
  VM_ACC,
  VM_AUX,
  VM_DEPTH,
  VM_ENV,
  VM_FP,
  VM_PC,
  VM_SP,
  VM_STACK_END,
  setSlot,
  slot,
  stateOf,
} from './native';
import { FRAME_AUX, FRAME_BYTES, TAG_NATIVE, stackGrow } from './stack';
import { FN_INNER } from '../compile/functions';
import { forced, forcesKept } from './forces';
import { PATH_END } from '../compile/paths';
import { failDepth } from './fail';
import { looksAhead } from './debug';
import { Step } from './steps';

// States of the machine's own part of a native frame: the arguments are being forced, or the result is.
const STATE_ARGS: i32 = -2; // -2 - (place in the order)
const STATE_FINISH: i32 = -100;

// ---- static code

/** A native frame goes on at the first instruction; values return to the second. */
export const CODE_NATIVE: usize = memory.data<u32>([Op.Native | (1 << 8), 0, Op.Native, 0]);
const CODE_APPLY1: usize = memory.data<u32>([Op.Force, 0, Op.Call | (1 << 8), 0, Op.RetThunk]);
/** A function that takes both arguments at once returns past Applied, to the first RetThunk. */
const CODE_APPLY2: usize = memory.data<u32>([
  Op.Force,
  0,
  Op.Call | (2 << 8),
  0,
  Op.Applied,
  0,
  Op.RetThunk,
  Op.Call | (1 << 8),
  0,
  Op.RetThunk,
]);
const APPLY2_FIRST: usize = 8; // offsets of its calls
const APPLY2_BOTH: usize = 16; // what both in one seem to return to, less the length of a call
const APPLY2_SECOND: usize = 28;
const CODE_SELECT: usize = memory.data<u32>([Op.Force, 0, Op.SelectThunk, 0, Op.RetThunk]);
const CODE_UPDATE: usize = memory.data<u32>([Op.RetThunk, 0, Op.RetThunk]);
const CODE_CALL1: usize = memory.data<u32>([Op.Force, 0, Op.Call | (1 << 8), 0, Op.Native, 0]);
const CODE_CALL2: usize = memory.data<u32>([Op.Force, 0, Op.Call | (2 << 8), 0, Op.Call | (1 << 8), 0, Op.Native, 0]);

/** Room for `words` more than ordinary bodies need. */
export function needStack(words: usize): Step {
  const sp = <usize>load<u32>(VM_SP);
  if (sp + (words << 2) < <usize>load<u32>(VM_STACK_END)) return Step.Reload;
  if (stackGrow(words << 2)) return Step.Reload;
  failDepth(0);
  return Step.Raise;
}

function pushFrame(ret: usize, tagWord: u32, aux: u32): usize {
  if (<usize>load<u32>(VM_SP) >= <usize>load<u32>(VM_STACK_END) && !stackGrow(0)) return 0;
  const sp = <usize>load<u32>(VM_SP);
  store<u32>(sp, load<u32>(VM_FP));
  store<u32>(sp, <u32>ret, 4);
  store<u32>(sp, load<u32>(VM_ENV), 8);
  store<u32>(sp, tagWord, 12);
  store<u32>(sp, aux, 16);
  store<u32>(VM_FP, <u32>sp);
  store<u32>(VM_SP, <u32>(sp + FRAME_BYTES));
  return sp;
}
function push(v: u32): void {
  const sp = <usize>load<u32>(VM_SP);
  store<u32>(sp, v);
  store<u32>(VM_SP, <u32>(sp + 4));
}

/** Arranges that the value of `x` is pushed and execution goes on at `ret`. `aux`: the position of the attribute that it is, tagged. */
export function enterSuspended(x: usize, ret: usize, aux: u32): Step {
  return enterSuspendedAt(x, ret, aux, NO_POSITION);
}
const NO_POSITION: u32 = 0xffffffff;
/** The same; infinite recursion is told with a position of its own. */
export function enterSuspendedAt(x: usize, ret: usize, aux: u32, pos: u32): Step {
  const kind = <u32>load<u8>(x);
  switch (kind) {
    case KIND_IND:
      push(load<u32>(x, 4));
      store<u32>(VM_PC, <u32>ret);
      return Step.Reload;
    case KIND_LAZY_LAMBDA:
      store<u8>(x, KIND_LAMBDA);
      push(<u32>x);
      store<u32>(VM_PC, <u32>ret);
      return Step.Reload;
    case KIND_THUNK:
    case KIND_APP:
    case KIND_APP2:
    case KIND_APP2_AGAIN:
    case KIND_SELECT:
    case KIND_NATIVE:
      break;
    case KIND_FAILED:
      setCurrentError(cloneError(<usize>load<u32>(x, 4)));
      store<u32>(VM_AUX, aux);
      return Step.Raise;
    default:
      msgBegin();
      msgLit('infinite recursion encountered');
      // it may be the job's that waits
      raiseAt(
        looksAhead() ? Err.Interrupted : Err.InfiniteRecursion,
        pos == NO_POSITION ? forcePosition(ret, aux, <usize>load<u32>(VM_FP)) : pos,
      );
      store<u32>(VM_AUX, aux);
      return Step.Raise;
  }
  // the first of two applications is a call inside the second one
  if (kind == KIND_APP2) {
    if (load<u32>(VM_DEPTH) >= maxCallDepth()) {
      failDepth(forcePosition(ret, aux, <usize>load<u32>(VM_FP)));
      store<u32>(VM_AUX, aux);
      return Step.Raise;
    }
    if (takesBoth(deref(<usize>load<u32>(x, 4)))) store<u8>(x, KIND_APP2_AGAIN);
  }
  if (!pushFrame(ret, <u32>x, aux)) {
    failDepth(0);
    return Step.Raise;
  }
  if (forcesKept()) forced(x, kind, <usize>load<u32>(VM_FP), aux);
  // an application that needs its own value ends at max-call-depth, as in Nix
  if (kind != KIND_APP && kind != KIND_APP2 && kind != KIND_APP2_AGAIN) store<u8>(x, kind | BLACKHOLE_BIT);
  if (kind == KIND_THUNK) {
    store<u32>(VM_ENV, load<u32>(x, 8));
    store<u32>(VM_PC, load<u32>(x, 4));
  } else if (kind == KIND_APP) {
    push(load<u32>(x, 8));
    push(load<u32>(x, 4));
    store<u32>(VM_PC, <u32>CODE_APPLY1);
  } else if (kind == KIND_APP2 || kind == KIND_APP2_AGAIN) {
    push(load<u32>(x, 12));
    push(load<u32>(x, 8));
    push(load<u32>(x, 4));
    store<u32>(VM_PC, <u32>CODE_APPLY2);
  } else if (kind == KIND_SELECT) {
    push(load<u32>(x, 4));
    store<u32>(VM_PC, <u32>CODE_SELECT);
  } else {
    const proc = <u32>untag(<usize>load<u32>(x, 4));
    if (!pushNative(proc, CODE_UPDATE + 8)) return Step.Raise;
    const f = <usize>load<u32>(VM_FP);
    setSlot(f, 0, <usize>load<u32>(x, 8));
    setSlot(f, 1, <usize>load<u32>(x, 12));
    return runNative();
  }
  return Step.Reload;
}

/** The instruction that made an `inherit (e) x` thunk: | InheritSelect | symbol | position | position of e |. */
export function inheritSelect(thunk: usize): usize {
  return <usize>(load<u32>(thunk, 8) & ~1);
}

/** The position that an instruction carries. */
export function positionAt(pc: usize): u32 {
  const op = load<u32>(pc) & 0xff;
  const word = load<u32>(pc, 4);
  switch (op) {
    case Op.SelectFirst:
    case Op.SelectPath:
    case Op.SelectLast:
    case Op.SelectDyn:
    case Op.ForceAttr:
    case Op.PathForce:
    case Op.WithVar:
      return load<u32>(<usize>word);
    case Op.Call:
      return callSite(pc, <usize>load<u32>(VM_FP));
    case Op.Var0:
    case Op.Var1:
    case Op.Var:
    case Op.Force:
    case Op.Select:
    case Op.Coerce:
    case Op.Add:
    case Op.AddLeft:
    case Op.Sub:
    case Op.Mul:
    case Op.Div:
    case Op.Less:
    case Op.ConcatPath:
      return word;
    default:
      return 0;
  }
}
/** Whether a function does nothing yet with the first of two arguments. */
function takesBoth(f: usize): bool {
  if (f & 1) return false;
  const kind = <u32>load<u8>(f);
  if (kind == KIND_LAMBDA) return load<u32>(<usize>load<u32>(f, 4), FN_INNER) != 0;
  return kind == KIND_PRIMOP && procArity(primopId(f)) > 1;
}
/** The first of two applications has been done, once and for all, even if the second one needs the thunk's own value. */
export function firstApplied(sp: usize): Step {
  const t = <usize>load<u32>(<usize>load<u32>(VM_FP), 12);
  if (load<u8>(t) == KIND_APP2) {
    store<u8>(t, KIND_APP);
    store<u32>(t, load<u32>(sp - 4), 4);
    store<u32>(t, load<u32>(t, 12), 8);
  }
  store<u32>(VM_PC, <u32>(CODE_APPLY2 + APPLY2_SECOND));
  return Step.Reload;
}

/** The position for which a value is forced that returns to `ret` in frame `fp`; `aux` as in enterSuspended. */
export function forcePosition(ret: usize, aux: u32, fp: usize): u32 {
  if (ret == CODE_NATIVE + 8) return nativePosition(fp);
  if (ret == CODE_SELECT + 8) return load<u32>(inheritSelect(<usize>load<u32>(fp, 12)), 12);
  if (ret == CODE_SELECT + 16) return aux > 1 ? aux >>> 1 : load<u32>(inheritSelect(<usize>load<u32>(fp, 12)), 8);
  const pc = ret - 8;
  const op = load<u32>(pc) & 0xff;
  // on the way, and for names and defaults, it is the expression's own
  const way = op == Op.SelectFirst || op == Op.SelectPath || (op == Op.PathForce && load<u32>(pc) >>> 8 != PATH_END);
  return aux > 1 && !way ? aux >>> 1 : positionAt(pc);
}
/** The position that a procedure gives to what it forces and calls. */
function nativePosition(f: usize): u32 {
  if (load<u32>(f, 12) != TAG_NATIVE) return 0;
  switch (untag(<usize>load<u32>(f, NATIVE_PROC))) {
    case Proc.coerceToString:
    case Proc.coerceToPath:
      return <u32>untag(slot(f, 3));
    case Proc.toJsonText:
    case Proc.toXmlText:
      return <u32>untag(slot(f, 8));
    case Proc.printValue:
      return <u32>untag(slot(f, 5));
    case Proc.deepForce:
      return <u32>untag(slot(f, 4));
    case Proc.functorCall:
      return <u32>untag(slot(f, 3));
    case Proc.autoCall:
      return valuePosition(slot(f, 0), 0);
    default:
      return 0;
  }
}
/** The position of the call instruction at `pc` in frame `fp`: that of a suspended application is where it was forced. */
export function callSite(pc: usize, fp: usize): u32 {
  const apply2 = pc - CODE_APPLY2;
  if (pc == CODE_APPLY1 + 8 || apply2 == APPLY2_FIRST || apply2 == APPLY2_BOTH || apply2 == APPLY2_SECOND)
    return forcePosition(<usize>load<u32>(fp, 4), load<u32>(fp, FRAME_AUX), <usize>load<u32>(fp));
  if (pc == CODE_CALL1 + 8 || pc == CODE_CALL2 + 8 || pc == CODE_CALL2 + 16) return nativePosition(fp);
  return load<u32>(pc, 4);
}

// ---- native frames

/** What a frame of a procedure adds to the depth of calls. */
export function procLevels(proc: u32): u32 {
  return procFlags(proc) & PROC_UNCOUNTED ? 0 : 1;
}
/** Pushes the frame of a procedure, its slots tagged 0. False after a stack overflow, which is raised. */
export function pushNative(proc: u32, ret: usize): bool {
  if (load<u32>(VM_DEPTH) + procLevels(proc) > maxCallDepth() + 1 || !pushFrame(ret, TAG_NATIVE, 1)) {
    failDepth(<usize>load<u32>(VM_FP) ? forcePosition(ret, 0, <usize>load<u32>(VM_FP)) : 0);
    return false;
  }
  const f = <usize>load<u32>(VM_FP);
  store<u32>(f, <u32>tag(proc), NATIVE_PROC);
  store<u32>(f, <u32>tag(0), NATIVE_STATE);
  store<u32>(f, 0, NATIVE_TRACE);
  store<u32>(f, 1, NATIVE_TRACE + 4);
  const slots = procSlots(proc);
  for (let i: u32 = 0; i < slots; i++) setSlot(f, i, tag(0));
  store<u32>(VM_SP, <u32>(f + NATIVE_SLOTS + ((<usize>slots) << 2)));
  store<u32>(VM_PC, <u32>CODE_NATIVE);
  store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) + procLevels(proc));
  return true;
}

/** Checks a forced argument. */
export function checkMode(mode: u32, v: usize, ctx: string): bool {
  switch (mode) {
    case Mode.Int:
      return expectInt(v, ctx);
    case Mode.Number:
      return expectNumber(v, ctx);
    case Mode.Bool:
      return expectBool(v, ctx);
    case Mode.String:
      return expectString(v, ctx);
    case Mode.Plain:
      return expectPlainString(v, ctx);
    case Mode.Attrs:
      return expectAttrs(v, ctx);
    case Mode.List:
      return expectList(v, ctx);
    case Mode.Function:
      return expectFunction(v, ctx);
    default:
      return true;
  }
}

const ARGS: usize = memory.data(32); // arguments of a simple builtin, first one highest

/** The next step of a frame whose arguments are being forced: its state says which. */
function stepArguments(f: usize, proc: u32): Act {
  const n = procArity(proc);
  let i = <u32>(STATE_ARGS - stateOf(f));
  for (; i < n; i++) {
    const which = procOrder(proc, i);
    const mode = procMode(proc, which);
    if (mode == Mode.Lazy) continue;
    const v = deref(slot(f, which));
    if (!isValue(v)) {
      store<u32>(f, <u32>tag(STATE_ARGS - <i32>i), NATIVE_STATE);
      store<u32>(VM_ACC, <u32>v);
      // forceInt and its kin have their context also cover what fails while the argument is evaluated, forceAttrs and forceList not
      const ctx = mode == Mode.Force || mode == Mode.Attrs || mode == Mode.List ? '' : argumentContext(proc, which);
      store<u32>(f, ctx.length ? <u32>changetype<usize>(ctx) : 0, NATIVE_TRACE);
      return Act.Force;
    }
    store<u32>(f, 0, NATIVE_TRACE);
    setSlot(f, which, v);
    if (!checkMode(mode, v, argumentContext(proc, which))) return Act.Fail;
  }
  store<u32>(f, <u32>tag(0), NATIVE_STATE);
  store<u32>(f, 0, NATIVE_TRACE);
  if (procFlags(proc) & PROC_STEPS) return stepProc(proc, f);
  for (let k: u32 = 0; k < n; k++) store<u32>(ARGS + 28 - ((<usize>k) << 2), <u32>slot(f, k));
  const r = callSimple(proc, ARGS + 28);
  if (!r) return Act.Fail;
  store<u32>(VM_ACC, <u32>r);
  return Act.Done;
}

/** Begins a frame at the forcing of its arguments. */
export function startArguments(f: usize): void {
  store<u32>(f, <u32>tag(STATE_ARGS), NATIVE_STATE);
}
/** Begins a frame at the forcing of its result. */
export function startFinish(f: usize): void {
  store<u32>(f, <u32>tag(STATE_FINISH), NATIVE_STATE);
}

/** A value has returned to a native frame. */
export function nativeReturn(v: usize): Step {
  store<u32>(VM_ACC, <u32>v);
  const f = <usize>load<u32>(VM_FP);
  const state = stateOf(f);
  if (state <= STATE_ARGS && state > STATE_FINISH) {
    const proc = <u32>untag(<usize>load<u32>(f, NATIVE_PROC));
    setSlot(f, procOrder(proc, <u32>(STATE_ARGS - state)), v);
  }
  return runNative();
}

/** Runs the native frame on top until it waits or has returned to bytecode. */
export function runNative(): Step {
  for (let rounds: u32 = 0; ; rounds++) {
    const f = <usize>load<u32>(VM_FP);
    const proc = <u32>untag(<usize>load<u32>(f, NATIVE_PROC));
    const state = stateOf(f);
    store<u32>(VM_PC, <u32>CODE_NATIVE);
    let act: i32;
    if (state <= STATE_ARGS) act = state == STATE_FINISH ? Act.Done : stepArguments(f, proc);
    else act = stepProc(proc, f);
    switch (act) {
      case Act.Fail:
        return Step.Raise;
      case Act.Done: {
        const v = deref(<usize>load<u32>(VM_ACC));
        if (!isValue(v)) {
          store<u32>(f, <u32>tag(STATE_FINISH), NATIVE_STATE);
          store<u32>(f, 0, NATIVE_TRACE);
          return enterSuspended(v, CODE_NATIVE + 8, 0);
        }
        const ret = <usize>load<u32>(f, 4);
        store<u32>(VM_SP, <u32>f);
        store<u32>(VM_PC, <u32>ret);
        store<u32>(VM_ENV, load<u32>(f, 8));
        store<u32>(VM_FP, load<u32>(f));
        store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) - procLevels(proc));
        if (ret != CODE_NATIVE + 8) {
          push(<u32>v);
          return Step.Reload;
        }
        // the caller is native as well
        store<u32>(VM_ACC, <u32>v);
        const g = <usize>load<u32>(VM_FP);
        const gs = stateOf(g);
        if (gs <= STATE_ARGS && gs > STATE_FINISH)
          setSlot(g, procOrder(<u32>untag(<usize>load<u32>(g, NATIVE_PROC)), <u32>(STATE_ARGS - gs)), v);
        continue;
      }
      case Act.Force: {
        const v = deref(<usize>load<u32>(VM_ACC));
        if (isValue(v)) {
          store<u32>(VM_ACC, <u32>v);
          continue;
        }
        return enterSuspended(v, CODE_NATIVE + 8, 0);
      }
      case Act.Call: {
        const n = load<u32>(ACT_ARGC);
        if (n > 1) push(load<u32>(ACT_ARGS, 4));
        push(load<u32>(ACT_ARGS));
        push(load<u32>(ACT_FN));
        store<u32>(VM_PC, <u32>(n > 1 ? CODE_CALL2 : CODE_CALL1));
        return Step.Reload;
      }
      case Act.Proc:
        if (!pushNative(load<u32>(ACT_FN), CODE_NATIVE + 8)) return Step.Raise;
        passArguments();
        continue;
      case Act.Request:
        store<u32>(VM_PC, <u32>CODE_NATIVE);
        return Step.Request;
      default:
        // Again: a long loop gives the host a chance
        if (rounds < 4096) continue;
        store<u32>(VM_PC, <u32>CODE_NATIVE);
        return Step.Fuel;
    }
  }
}
function passArguments(): void {
  const f = <usize>load<u32>(VM_FP);
  const n = min<u32>(procSlots(load<u32>(ACT_FN)), 4);
  for (let i: u32 = 0; i < n; i++) setSlot(f, i, <usize>load<u32>(ACT_ARGS + ((<usize>i) << 2)));
}

/** Starts a procedure on behalf of an instruction: its result is pushed and execution goes on behind it. */
export function startProc(proc: u32, a: usize, b: usize, c: usize, ret: usize): Step {
  return startProc4(proc, a, b, c, tag(0), ret);
}
export function startProc4(proc: u32, a: usize, b: usize, c: usize, d: usize, ret: usize): Step {
  if (!pushNative(proc, ret)) return Step.Raise;
  const f = <usize>load<u32>(VM_FP);
  const n = procSlots(proc);
  setSlot(f, 0, a);
  if (n > 1) setSlot(f, 1, b);
  if (n > 2) setSlot(f, 2, c);
  if (n > 3) setSlot(f, 3, d);
  return runNative();
}
