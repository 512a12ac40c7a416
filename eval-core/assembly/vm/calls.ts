/** Calls of what is not a plain lambda: builtins, partial applications, functors. */
import { PROC_LAZY, PROC_STEPS, Mode, Proc, callSimple, procArity, procFlags, procMode, procOrder } from '../gen/builtins';
import { functionIsRoot } from '../compile/functions';
import { Err, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { msgArgValue, msgShowType } from '../diag/check';
import { argumentContext } from '../gen/builtins';
import { alloc } from '../heap/alloc';
import { KIND_ATTRS, KIND_PRIMOP, KIND_PRIMOP_APP } from '../value/kinds';
import { deref, isValue, kindOf, primopAppArg, primopAppCount, primopId, tag } from '../value/layout';
import { attrsGet, attrsShape, shapeFind, shapePos } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { callSite, checkMode, pushNative, runNative, startArguments, startFinish } from './frames';
import { traceBuiltin } from './unwind';
import { VM_ACC, VM_DEPTH, VM_FP, VM_PC, VM_SP, call2, done, acc, setSlot, slot, stateOf, traceOn } from './native';
import { Counted, countKey } from './counting';
import { Called, called, derivationName } from './events';
import { STAT_PRIMOPS } from './statistics';
import { NumberSetting, maxCallDepth, settingNumber } from '../settings';
import { failDepth } from './fail';
import { Step } from './steps';

const SYM_FUNCTOR: usize = memory.data(4);

/** `Call` with `n` arguments left; the function is on top of the stack. */
export function callSlow(n: u32): Step {
  const sp = <usize>load<u32>(VM_SP);
  const f = <usize>load<u32>(sp - 4);
  const kind = kindOf(f);
  if (load<u32>(VM_DEPTH) > maxCallDepth()) {
    failDepth(callSite(<usize>load<u32>(VM_PC), <usize>load<u32>(VM_FP)));
    return Step.Raise;
  }
  if (kind == KIND_PRIMOP) return callBuiltin(primopId(f), n);
  if (kind == KIND_PRIMOP_APP) return callPartial(f, n);
  if (kind == KIND_ATTRS) {
    if (!load<u32>(SYM_FUNCTOR)) store<u32>(SYM_FUNCTOR, symbolOf('__functor'));
    if (attrsGet(f, load<u32>(SYM_FUNCTOR))) return callFunctor(f);
  }
  const pos = callSite(<usize>load<u32>(VM_PC), <usize>load<u32>(VM_FP));
  msgBegin();
  msgLit('attempt to call something which is not a function but ');
  msgShowType(f);
  msgLit(': ');
  msgArgValue(f);
  raiseAt(Err.Type, pos);
  return Step.Raise;
}

/** A call instruction that goes on with what the one before it, of the same call, has left. */
function goesOn(pc: usize): bool {
  return load<u32>(pc - 8) == load<u32>(pc) + (1 << 8) && load<u32>(pc - 4) == load<u32>(pc, 4);
}
/** Tells the call of a function, whose frame will lie at `frame`. The body of a file is no call. */
export function tellCall(pc: usize, fp: usize, f: usize, frame: usize): void {
  const fn = load<u32>(f, 4);
  if (!functionIsRoot(<usize>fn) && !goesOn(pc)) called(Called.Function, callSite(pc, fp), fn, frame);
}
/** Tells the call of a builtin whose arguments lie below `first`, the highest of them. */
function tellBuiltin(id: u32, first: usize, result: usize): void {
  const pos = callSite(<usize>load<u32>(VM_PC), <usize>load<u32>(VM_FP));
  const name = first && id == Proc.derivationStrict ? derivationName(<usize>load<u32>(first)) : 0;
  if (name) called(Called.Derivation, pos, name, result);
  else called(Called.Builtin, pos, id, result);
}

/** Makes a partial application of what is on top, with `n` more arguments. */
function makePartial(id: u32, old: usize, n: u32): Step {
  const have = old ? primopAppCount(old) : 0;
  if (settingNumber(NumberSetting.CallEvents)) tellBuiltin(id, 0, <usize>load<u32>(VM_SP) - 4 - ((<usize>n) << 2));
  const p = alloc(KIND_PRIMOP_APP, 8 + ((<usize>(have + n)) << 2));
  store<u32>(p, <u32>tag(id), 4);
  for (let i: u32 = 0; i < have; i++) store<u32>(p + ((<usize>i) << 2), <u32>primopAppArg(old, i), 8);
  let sp = <usize>load<u32>(VM_SP) - 4;
  for (let i: u32 = 0; i < n; i++) {
    sp -= 4;
    store<u32>(p + ((<usize>(have + i)) << 2), load<u32>(sp), 8);
  }
  store<u32>(sp, <u32>p);
  store<u32>(VM_SP, <u32>(sp + 4));
  store<u32>(VM_PC, load<u32>(VM_PC) + (n << 3));
  return Step.Reload;
}

/** Unfolds a partial application onto the stack, below the function, and calls. */
function callPartial(f: usize, n: u32): Step {
  const id = primopId(f);
  const have = primopAppCount(f);
  const arity = procArity(id);
  if (have + n < arity) return makePartial(id, f, n);
  let sp = <usize>load<u32>(VM_SP) - 4;
  for (let i = have; i > 0; i--) {
    store<u32>(sp, <u32>primopAppArg(f, i - 1));
    sp += 4;
  }
  store<u32>(sp, <u32>f);
  store<u32>(VM_SP, <u32>(sp + 4));
  return runBuiltin(id, arity, arity - have);
}

function callBuiltin(id: u32, n: u32): Step {
  const arity = procArity(id);
  if (n < arity) return makePartial(id, 0, n);
  return runBuiltin(id, arity, arity);
}

/** All arguments are on the stack below the function; `used` of them belong to this call instruction. */
function runBuiltin(id: u32, arity: u32, used: u32): Step {
  store<u32>(STAT_PRIMOPS, load<u32>(STAT_PRIMOPS) + 1);
  if (settingNumber(NumberSetting.CountCalls)) countKey(Counted.Builtins, id);
  const pc = <usize>load<u32>(VM_PC);
  const sp = <usize>load<u32>(VM_SP);
  const first = sp - 8; // arguments lie downwards from here
  if (settingNumber(NumberSetting.CallEvents)) tellBuiltin(id, first, sp - 4 - ((<usize>arity) << 2));
  const flags = procFlags(id);
  const ret = pc + ((<usize>used) << 3);
  if ((flags & PROC_STEPS) == 0 && argumentsReady(id, arity, first, flags)) {
    let r = argumentsChecked(id, arity, first, flags) ? callSimple(id, first) : 0;
    if (!r) {
      traceBuiltin(id, callSite(pc, <usize>load<u32>(VM_FP)));
      return Step.Raise;
    }
    r = deref(r);
    if (isValue(r)) {
      const to = sp - 4 - ((<usize>arity) << 2);
      store<u32>(to, <u32>r);
      store<u32>(VM_SP, <u32>(to + 4));
      store<u32>(VM_PC, <u32>ret);
      return Step.Reload;
    }
    store<u32>(VM_SP, <u32>(sp - 4 - ((<usize>arity) << 2)));
    if (!pushNative(id, ret)) return Step.Raise;
    store<u32>(VM_ACC, <u32>r);
    startFinish(<usize>load<u32>(VM_FP));
    return runNative();
  }
  // a frame: the arguments become its slots
  for (let i: u32 = 0; i < arity; i++) store<u32>(KEEP + ((<usize>i) << 2), load<u32>(first - ((<usize>i) << 2)));
  store<u32>(VM_SP, <u32>(sp - 4 - ((<usize>arity) << 2)));
  if (!pushNative(id, ret)) return Step.Raise;
  const f = <usize>load<u32>(VM_FP);
  for (let i: u32 = 0; i < arity; i++) setSlot(f, i, <usize>load<u32>(KEEP + ((<usize>i) << 2)));
  startArguments(f);
  return runNative();
}
const KEEP: usize = memory.data(16);

/** Whether all arguments that must be values are; they are replaced by what their indirections lead to. */
function argumentsReady(id: u32, arity: u32, first: usize, flags: u32): bool {
  if (flags & PROC_LAZY) return true;
  for (let i: u32 = 0; i < arity; i++) {
    if (procMode(id, i) == Mode.Lazy) continue;
    const at = first - ((<usize>i) << 2);
    const v = deref(<usize>load<u32>(at));
    if (!isValue(v)) return false;
    store<u32>(at, <u32>v);
  }
  return true;
}
function argumentsChecked(id: u32, arity: u32, first: usize, flags: u32): bool {
  if (flags & PROC_LAZY) return true;
  for (let i: u32 = 0; i < arity; i++) {
    const which = procOrder(id, i);
    const mode = procMode(id, which);
    if (mode > <u32>Mode.Force && !checkMode(mode, <usize>load<u32>(first - ((<usize>which) << 2)), argumentContext(id, which)))
      return false;
  }
  return true;
}

/** `f arg` where f is a set with `__functor`: the functor gets the set, then the argument. */
function callFunctor(f: usize): Step {
  const sp = <usize>load<u32>(VM_SP);
  const pc = <usize>load<u32>(VM_PC);
  const arg = <usize>load<u32>(sp - 8);
  store<u32>(VM_SP, <u32>(sp - 8));
  const pos = callSite(pc, <usize>load<u32>(VM_FP));
  const functorPos = shapePos(attrsShape(f), shapeFind(attrsShape(f), load<u32>(SYM_FUNCTOR)));
  if (settingNumber(NumberSetting.CallEvents)) called(Called.Functor, pos, functorPos, sp - 8);
  if (!pushNative(Proc.functorCall, pc + 8)) return Step.Raise;
  const g = <usize>load<u32>(VM_FP);
  setSlot(g, 0, f);
  setSlot(g, 1, arg);
  setSlot(g, 2, tag(<i32>pos));
  setSlot(g, 3, tag(<i32>functorPos));
  return runNative();
}
/** Slots: the set, the argument, the position of the call, that of the attribute. */
export function proc_functorCall(f: usize): i32 {
  if (stateOf(f)) return done(acc());
  traceOn(f, (<u32>slot(f, 2)) >>> 1, "while calling a functor (an attribute set with a '__functor' attribute)");
  return call2(f, attrsGet(slot(f, 0), load<u32>(SYM_FUNCTOR)), slot(f, 0), slot(f, 1), 1);
}
