/**
 * The machine: one switch over opcodes, with its registers in locals. It never recurses: forcing, calling and native
 * procedures are frames of its own stack (vm/stack.ts). A slice runs until its fuel is used up, so that V8 can replace the running code
 * by its optimised version at the next entry.
 *
 * An instruction of two words that needs a value forced sets `x` (the reference), maybe `aux`, and leaves the switch with
 * Step.Go: the code below pushes the value, or a frame that will. Work outside of this function saves the registers first and says
 * Step.Reload. All other instructions `continue`.
 */
import { alloc } from '../heap/alloc';
import { collectDue } from '../heap/collect';
import { Op } from '../gen/opcodes';
import { FN_CODE, FN_INNER, FN_SLOTS } from '../compile/functions';
import {
  BLACKHOLE_BIT,
  KIND_ATTRS,
  KIND_ENV,
  KIND_FLOAT,
  KIND_IND,
  KIND_LAMBDA,
  KIND_LAZY_LAMBDA,
  KIND_LIST,
  KIND_SELECT,
  KIND_STRING,
  KIND_THUNK,
} from '../value/kinds';
import { FALSE, TRUE, allocList, isValue, kindOf, mkBool, mkInt, mkLambda } from '../value/layout';
import { attrsGet, attrsShape, attrsUpdate, shapeFind, shapePos, STAT_SETS, STAT_SET_VALUES } from '../value/shapes';
import { NumberSetting, maxCallDepth, settingNumber } from '../settings';
import { Counted, countKey } from './counting';
import { callSlow, tellCall } from './calls';
import { VM_DEPTH, VM_ENV, VM_FP, VM_PC, VM_SP, VM_STACK_END } from './native';
import { FRAME_BYTES, TAG_CALL } from './stack';
import { callSite, enterSuspended, nativeReturn, needStack, runNative } from './frames';
import { forcesKept } from './forces';
import { Step } from './steps';
import { STAT_CALLS, STAT_ENV_SLOTS, STAT_LOCAL_ENVS, STAT_LOOKUPS, STAT_THUNKS, STAT_UPDATES, count, countMany } from './statistics';
import { failBoolean, failDepth, failEntering, failNotSet, failSelect, failSelectLater } from './fail';
import { addSlow, arithmeticSlow, coerceSlow, concat, eqSlow, lessSlow, noRoom } from './operators';
import { selectDynSymbol } from './bindings';
import { rare } from './rare';
import { unwind } from './unwind';

/** Reads a slot, replacing an indirection by its value, except where identity shows (functions, floats, lists). */
// @ts-ignore: decorator
@inline
function readSlot(at: usize): usize {
  const v = <usize>load<u32>(at);
  if (v & 1 || load<u8>(v) != KIND_IND) return v;
  const w = <usize>load<u32>(v, 4);
  if (w & 1) store<u32>(at, <u32>w);
  else {
    const k = <u32>load<u8>(w);
    if (k != KIND_LAMBDA && k != KIND_FLOAT && k != KIND_LIST) store<u32>(at, <u32>w);
  }
  return w;
}

/** Runs until done, failed, waiting, or `fuel` evaluations have ended. Registers are saved on exit. */
export function slice(fuel: i32): Step {
  let pc = <usize>load<u32>(VM_PC);
  let sp = <usize>load<u32>(VM_SP);
  let fp = <usize>load<u32>(VM_FP);
  let env = <usize>load<u32>(VM_ENV);
  let depth = load<u32>(VM_DEPTH);
  let limit = <usize>load<u32>(VM_STACK_END);
  const maxDepth = maxCallDepth();
  const counting = settingNumber(NumberSetting.CountCalls) != 0;
  const telling = settingNumber(NumberSetting.CallEvents) != 0;
  // thunks whose forcing is told take the long way
  const atOnce: u32 = forcesKept() ? 0 : KIND_THUNK;
  let x: usize = 0;
  let aux: u32 = 0;
  let step: Step = Step.Go;
  for (;;) {
    const w = load<u32>(pc);
    const a = w >>> 8;
    switch (w & 0xff) {
      case Op.Const:
        store<u32>(sp, load<u32>(pc, 4));
        sp += 4;
        pc += 8;
        continue;
      case Op.Slot0:
        store<u32>(sp, load<u32>(env + ((<usize>a) << 2), 8));
        sp += 4;
        pc += 4;
        continue;
      case Op.Slot: {
        let e = env;
        for (let n = a & 0xff; n; n--) e = <usize>load<u32>(e, 4);
        store<u32>(sp, load<u32>(e + ((<usize>(a >>> 8)) << 2), 8));
        sp += 4;
        pc += 4;
        continue;
      }
      case Op.SlotW: {
        let e = env;
        for (let n = a; n; n--) e = <usize>load<u32>(e, 4);
        store<u32>(sp, load<u32>(e + ((<usize>load<u32>(pc, 4)) << 2), 8));
        sp += 4;
        pc += 8;
        continue;
      }
      case Op.Var0:
        x = readSlot(env + 8 + ((<usize>a) << 2));
        break;
      case Op.Var1:
        x = readSlot(<usize>load<u32>(env, 4) + 8 + ((<usize>a) << 2));
        break;
      case Op.Var: {
        let e = env;
        for (let n = a & 0xff; n; n--) e = <usize>load<u32>(e, 4);
        x = readSlot(e + 8 + ((<usize>(a >>> 8)) << 2));
        break;
      }
      case Op.VarLevel: {
        let e = env;
        for (let n = a & 0xff; n; n--) e = <usize>load<u32>(e, 4);
        x = readSlot(e + 8 + ((<usize>(a >>> 8)) << 2));
        if (isValue(x)) {
          store<u32>(sp, <u32>x);
          sp += 4;
          pc += 12;
          continue;
        }
        if (depth > maxDepth) step = failEntering(load<u32>(pc, 4));
        else depth++;
        break;
      }
      case Op.Set:
        sp -= 4;
        store<u32>(env + ((<usize>a) << 2), load<u32>(sp), 8);
        pc += 4;
        continue;
      case Op.SetKeep:
        store<u32>(env + ((<usize>a) << 2), load<u32>(sp - 4), 8);
        pc += 4;
        continue;
      case Op.Thunk: {
        const t = alloc(KIND_THUNK, 12);
        store<u32>(t, load<u32>(pc, 4), 4);
        store<u32>(t, <u32>env, 8);
        store<u32>(sp, <u32>t);
        count(STAT_THUNKS);
        sp += 4;
        pc += 8;
        continue;
      }
      case Op.Lambda:
        store<u32>(sp, <u32>mkLambda(<usize>load<u32>(pc, 4), env));
        sp += 4;
        pc += 8;
        continue;
      case Op.LazyLambda: {
        const t = alloc(KIND_LAZY_LAMBDA, 12);
        store<u32>(t, load<u32>(pc, 4), 4);
        store<u32>(t, <u32>env, 8);
        store<u32>(sp, <u32>t);
        sp += 4;
        pc += 8;
        continue;
      }
      case Op.Force:
        sp -= 4;
        x = <usize>load<u32>(sp);
        break;
      case Op.Call: {
        const f = <usize>load<u32>(sp - 4);
        if ((f & 1) == 0 && load<u8>(f) == KIND_LAMBDA && depth <= maxDepth && sp < limit) {
          let fn = <usize>load<u32>(f, 4);
          let outer = <usize>load<u32>(f, 8);
          let used: u32 = 0;
          for (;;) {
            const slots = load<u32>(fn, FN_SLOTS);
            const e = alloc(KIND_ENV, 8 + ((<usize>slots) << 2));
            store<u32>(e, <u32>outer, 4);
            store<u32>(e, load<u32>(sp - 8 - ((<usize>used) << 2)), 8);
            for (let i: u32 = 1; i < slots; i++) store<u32>(e + ((<usize>i) << 2), 0, 8);
            countMany(STAT_ENV_SLOTS, slots);
            if (counting) countKey(Counted.Functions, <u32>fn);
            outer = e;
            used++;
            if (used == a) break;
            const inner = <usize>load<u32>(fn, FN_INNER);
            if (!inner) break;
            fn = inner;
          }
          countMany(STAT_CALLS, used);
          sp -= 4 + ((<usize>used) << 2);
          if (telling) tellCall(pc, fp, f, sp);
          store<u32>(sp, <u32>fp);
          store<u32>(sp, <u32>(pc + ((<usize>used) << 3)), 4);
          store<u32>(sp, <u32>env, 8);
          store<u32>(sp, TAG_CALL, 12);
          store<u32>(sp, <u32>fn, 16);
          depth++;
          fp = sp;
          sp += FRAME_BYTES;
          env = outer;
          pc = <usize>load<u32>(fn, FN_CODE);
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        if ((f & 1) == 0 && load<u8>(f) == KIND_LAMBDA) step = depth > maxDepth ? failDepth(callSite(pc, fp)) : needStack(0);
        else step = callSlow(a);
        break;
      }
      case Op.RetThunk: {
        const v = load<u32>(sp - 4);
        const t = <usize>load<u32>(fp, 12);
        store<u8>(t, KIND_IND);
        store<u32>(t, v, 4);
        sp = fp;
        pc = <usize>load<u32>(fp, 4);
        env = <usize>load<u32>(fp, 8);
        fp = <usize>load<u32>(fp);
        store<u32>(sp, v);
        sp += 4;
        if (--fuel > 0) continue;
        step = Step.Fuel;
        break;
      }
      case Op.Ret: {
        const v = load<u32>(sp - 4);
        sp = fp;
        pc = <usize>load<u32>(fp, 4);
        env = <usize>load<u32>(fp, 8);
        fp = <usize>load<u32>(fp);
        store<u32>(sp, v);
        sp += 4;
        depth--;
        if (--fuel > 0) continue;
        step = Step.Fuel;
        break;
      }
      case Op.LevelUp:
        depth++;
        pc += 4;
        continue;
      case Op.Enter:
        if (depth <= maxDepth) {
          depth++;
          pc += 8;
          continue;
        }
        step = failDepth(load<u32>(pc, 4));
        break;
      case Op.LevelDown:
        depth--;
        pc += 4;
        continue;
      case Op.Jump:
        pc += 4 + ((<usize>a) << 2);
        continue;
      case Op.JumpFalse: {
        const v = <usize>load<u32>(sp - 4);
        if (v == TRUE) {
          sp -= 4;
          pc += 12;
          continue;
        }
        if (v == FALSE) {
          sp -= 4;
          pc += 12 + <usize>load<u32>(pc, 8);
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.And: {
        const v = <usize>load<u32>(sp - 4);
        if (v == TRUE) {
          sp -= 4;
          pc += 12;
          continue;
        }
        if (v == FALSE) {
          pc += 12 + <usize>load<u32>(pc, 8);
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.Or: {
        const v = <usize>load<u32>(sp - 4);
        if (v == FALSE) {
          sp -= 4;
          pc += 12;
          continue;
        }
        if (v == TRUE) {
          pc += 12 + <usize>load<u32>(pc, 8);
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.Impl: {
        const v = <usize>load<u32>(sp - 4);
        if (v == TRUE) {
          sp -= 4;
          pc += 12;
          continue;
        }
        if (v == FALSE) {
          store<u32>(sp - 4, <u32>TRUE);
          pc += 12 + <usize>load<u32>(pc, 8);
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.CheckBool: {
        const v = <usize>load<u32>(sp - 4);
        if (v == TRUE || v == FALSE) {
          pc += 8;
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.Not: {
        const v = <usize>load<u32>(sp - 4);
        if (v == TRUE || v == FALSE) {
          store<u32>(sp - 4, <u32>(v == TRUE ? FALSE : TRUE));
          pc += 8;
          continue;
        }
        step = failBoolean(v, load<u32>(pc, 4));
        break;
      }
      case Op.Invert:
        store<u32>(sp - 4, <u32>(<usize>load<u32>(sp - 4) == TRUE ? FALSE : TRUE));
        pc += 4;
        continue;
      case Op.CheckAttrs: {
        const v = <usize>load<u32>(sp - 4);
        if (kindOf(v) == KIND_ATTRS) {
          pc += 8;
          continue;
        }
        step = failNotSet(v, load<u32>(pc, 4), '');
        break;
      }
      case Op.Select: {
        const s = <usize>load<u32>(sp - 4);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          count(STAT_LOOKUPS);
          const i = shapeFind(attrsShape(s), a);
          if (i >= 0) {
            if (counting) countKey(Counted.Attributes, shapePos(attrsShape(s), i));
            sp -= 4;
            x = readSlot(s + 8 + ((<usize>i) << 2));
            if (isValue(x)) {
              store<u32>(sp, <u32>x);
              sp += 4;
              pc += 8;
              continue;
            }
            aux = (shapePos(attrsShape(s), i) << 1) | 1;
            break;
          }
        }
        step = failSelect(s, a, load<u32>(pc, 4));
        break;
      }
      case Op.SelectFirst: {
        const s = <usize>load<u32>(sp - 4);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          const i = shapeFind(attrsShape(s), a);
          if (i >= 0) {
            x = readSlot(s + 8 + ((<usize>i) << 2));
            aux = (shapePos(attrsShape(s), i) << 1) | 1;
            store<u32>(sp - 4, aux);
            break;
          }
        }
        step = failSelect(s, a, load<u32>(<usize>load<u32>(pc, 4)));
        break;
      }
      case Op.SelectPath: {
        const s = <usize>load<u32>(sp - 4);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          const i = shapeFind(attrsShape(s), a);
          if (i >= 0) {
            sp -= 4;
            x = readSlot(s + 8 + ((<usize>i) << 2));
            aux = (shapePos(attrsShape(s), i) << 1) | 1;
            store<u32>(sp - 4, aux);
            break;
          }
        }
        step = failSelectLater(s, a, <usize>load<u32>(pc, 4), load<u32>(sp - 8));
        break;
      }
      case Op.SelectLast: {
        const s = <usize>load<u32>(sp - 4);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          const i = shapeFind(attrsShape(s), a);
          if (i >= 0) {
            sp -= 8;
            x = readSlot(s + 8 + ((<usize>i) << 2));
            aux = (shapePos(attrsShape(s), i) << 1) | 1;
            break;
          }
        }
        step = failSelectLater(s, a, <usize>load<u32>(pc, 4), load<u32>(sp - 8));
        break;
      }
      case Op.SelectDyn: {
        const sym = selectDynSymbol(<usize>load<u32>(sp - 4));
        const s = <usize>load<u32>(sp - 8);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          const i = shapeFind(attrsShape(s), sym);
          if (i >= 0) {
            // the symbol stays below, for the trace
            sp -= 4;
            store<u32>(sp - 4, (sym << 1) | 1);
            x = readSlot(s + 8 + ((<usize>i) << 2));
            aux = (shapePos(attrsShape(s), i) << 1) | 1;
            break;
          }
        }
        step = failSelect(s, sym, load<u32>(<usize>load<u32>(pc, 4)));
        break;
      }
      case Op.SelectOr:
      case Op.SelectDynOr: {
        let sym = a;
        const computed = (w & 0xff) == Op.SelectDynOr;
        if (computed) {
          sym = selectDynSymbol(<usize>load<u32>(sp - 4));
          sp -= 4;
        }
        const s = <usize>load<u32>(sp - 4);
        if ((s & 1) == 0 && load<u8>(s) == KIND_ATTRS) {
          const i = shapeFind(attrsShape(s), sym);
          if (i >= 0) {
            const v = readSlot(s + 8 + ((<usize>i) << 2));
            if (computed) {
              store<u32>(sp - 4, (sym << 1) | 1);
              sp += 4;
            }
            store<u32>(sp - 4, (shapePos(attrsShape(s), i) << 1) | 1);
            store<u32>(sp, <u32>v);
            sp += 4;
            pc += 8;
            continue;
          }
        }
        sp -= 4;
        pc += 8 + <usize>load<u32>(pc, 4);
        continue;
      }
      case Op.ForceAttr:
        sp -= 8;
        x = <usize>load<u32>(sp, 4);
        aux = load<u32>(sp);
        break;
      case Op.HasStep:
      case Op.HasDynStep: {
        let sym = a;
        if ((w & 0xff) == Op.HasDynStep) {
          sym = selectDynSymbol(<usize>load<u32>(sp - 4));
          sp -= 4;
        }
        const s = <usize>load<u32>(sp - 4);
        const v = (s & 1) == 0 && load<u8>(s) == KIND_ATTRS ? attrsGet(s, sym) : 0;
        store<u32>(sp - 4, <u32>(v ? v : FALSE));
        pc += v ? 8 : 8 + <usize>load<u32>(pc, 4);
        continue;
      }
      case Op.Has:
      case Op.HasDyn: {
        let sym = a;
        if ((w & 0xff) == Op.HasDyn) {
          sym = selectDynSymbol(<usize>load<u32>(sp - 4));
          sp -= 4;
        }
        const s = <usize>load<u32>(sp - 4);
        store<u32>(sp - 4, <u32>mkBool((s & 1) == 0 && load<u8>(s) == KIND_ATTRS && shapeFind(attrsShape(s), sym) >= 0));
        pc += 4;
        continue;
      }
      case Op.Attrs: {
        const s = <usize>load<u32>(pc, 4);
        const bytes = (<usize>a) << 2;
        const out = alloc(KIND_ATTRS, 8 + bytes);
        count(STAT_SETS);
        countMany(STAT_SET_VALUES, a);
        store<u32>(out, <u32>s, 4);
        sp -= bytes;
        for (let i: usize = 0; i < bytes; i += 4) store<u32>(out + i, load<u32>(sp + i), 8);
        store<u32>(sp, <u32>out);
        sp += 4;
        pc += 8;
        continue;
      }
      case Op.InheritSelect: {
        const t = alloc(KIND_SELECT, 12);
        store<u32>(t, load<u32>(sp - 4 - ((<usize>a) << 2)), 4);
        store<u32>(t, (<u32>pc) | 1, 8);
        count(STAT_THUNKS);
        store<u32>(sp, <u32>t);
        sp += 4;
        pc += 16;
        continue;
      }
      case Op.Nip: {
        const v = load<u32>(sp - 4);
        sp -= (<usize>a) << 2;
        store<u32>(sp - 4, v);
        pc += 4;
        continue;
      }
      case Op.List: {
        const bytes = (<usize>a) << 2;
        const l = allocList(a);
        sp -= bytes;
        for (let i: usize = 0; i < bytes; i += 4) store<u32>(l + i, load<u32>(sp + i), 4);
        store<u32>(sp, <u32>l);
        sp += 4;
        pc += 4;
        continue;
      }
      case Op.NewEnv: {
        const e = alloc(KIND_ENV, 8 + ((<usize>a) << 2));
        store<u32>(e, <u32>env, 4);
        for (let i: u32 = 0; i < a; i++) store<u32>(e + ((<usize>i) << 2), 0, 8);
        env = e;
        count(STAT_LOCAL_ENVS);
        countMany(STAT_ENV_SLOTS, a);
        pc += 4;
        continue;
      }
      case Op.PopEnv:
        env = <usize>load<u32>(env, 4);
        pc += 4;
        continue;
      case Op.Back:
        sp -= 4;
        pc -= 8;
        continue;
      case Op.Default:
        pc += load<u32>(env + ((<usize>a) << 2), 8) ? 8 + <usize>load<u32>(pc, 4) : 8;
        continue;
      case Op.Add: {
        const l = <usize>load<u32>(sp - 8);
        const r = <usize>load<u32>(sp - 4);
        if (l & r & 1) {
          sp -= 4;
          store<u32>(sp - 4, <u32>mkInt(<i64>((<i32>l) >> 1) + <i64>((<i32>r) >> 1)));
          pc += 8;
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = addSlow(l, r);
        break;
      }
      case Op.Sub: {
        const l = <usize>load<u32>(sp - 8);
        const r = <usize>load<u32>(sp - 4);
        if (l & r & 1 && depth <= maxDepth) {
          sp -= 4;
          store<u32>(sp - 4, <u32>mkInt(<i64>((<i32>l) >> 1) - <i64>((<i32>r) >> 1)));
          pc += 8;
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = arithmeticSlow(Op.Sub, l, r);
        break;
      }
      case Op.Mul:
      case Op.Div:
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = arithmeticSlow(w & 0xff, <usize>load<u32>(sp - 8), <usize>load<u32>(sp - 4));
        break;
      case Op.Less: {
        const l = <usize>load<u32>(sp - 8);
        const r = <usize>load<u32>(sp - 4);
        if (l & r & 1 && depth <= maxDepth) {
          sp -= 4;
          store<u32>(sp - 4, <u32>mkBool(<i32>l < <i32>r));
          pc += 8;
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = lessSlow(l, r);
        break;
      }
      case Op.Eq: {
        const l = <usize>load<u32>(sp - 8);
        const r = <usize>load<u32>(sp - 4);
        if (l & r & 1 && depth <= maxDepth) {
          sp -= 4;
          store<u32>(sp - 4, <u32>mkBool(l == r));
          pc += 8;
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = eqSlow(l, r);
        break;
      }
      case Op.Update: {
        const l = <usize>load<u32>(sp - 4);
        sp -= 4;
        store<u32>(sp - 4, <u32>attrsUpdate(l, <usize>load<u32>(sp - 4)));
        count(STAT_UPDATES);
        if (collectDue()) fuel = 1;
        pc += 8;
        continue;
      }
      case Op.Coerce:
        if (kindOf(<usize>load<u32>(sp - 4)) == KIND_STRING && depth <= maxDepth) {
          pc += 8;
          continue;
        }
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = coerceSlow(a);
        break;
      case Op.Concat: {
        const s = concat(sp, a);
        if (!s) {
          store<u32>(VM_PC, <u32>pc);
          store<u32>(VM_SP, <u32>sp);
          store<u32>(VM_FP, <u32>fp);
          store<u32>(VM_ENV, <u32>env);
          store<u32>(VM_DEPTH, depth);
          step = noRoom(load<u32>(pc, 4));
          break;
        }
        if (collectDue()) fuel = 1;
        sp -= (<usize>a) << 2;
        store<u32>(sp, <u32>s);
        sp += 4;
        pc += 8;
        continue;
      }
      case Op.Native:
        if (!a) sp -= 4;
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = a ? runNative() : nativeReturn(<usize>load<u32>(sp));
        break;
      default:
        store<u32>(VM_PC, <u32>pc);
        store<u32>(VM_SP, <u32>sp);
        store<u32>(VM_FP, <u32>fp);
        store<u32>(VM_ENV, <u32>env);
        store<u32>(VM_DEPTH, depth);
        step = rare(w & 0xff, a, pc, sp);
        break;
    }
    if (step == Step.Go) {
      // x is wanted, forced
      if (isValue(x)) {
        store<u32>(sp, <u32>x);
        sp += 4;
        pc += 8;
        aux = 0;
        continue;
      }
      if (<u32>load<u8>(x) == atOnce && sp < limit) {
        store<u8>(x, KIND_THUNK | BLACKHOLE_BIT);
        store<u32>(sp, <u32>fp);
        store<u32>(sp, <u32>(pc + 8), 4);
        store<u32>(sp, <u32>env, 8);
        store<u32>(sp, <u32>x, 12);
        store<u32>(sp, aux, 16);
        aux = 0;
        fp = sp;
        sp += FRAME_BYTES;
        env = <usize>load<u32>(x, 8);
        pc = <usize>load<u32>(x, 4);
        continue;
      }
      store<u32>(VM_PC, <u32>pc);
      store<u32>(VM_SP, <u32>sp);
      store<u32>(VM_FP, <u32>fp);
      store<u32>(VM_ENV, <u32>env);
      store<u32>(VM_DEPTH, depth);
      step = enterSuspended(x, pc + 8, aux);
      aux = 0;
    } else if (step == Step.Fuel) {
      store<u32>(VM_PC, <u32>pc);
      store<u32>(VM_SP, <u32>sp);
      store<u32>(VM_FP, <u32>fp);
      store<u32>(VM_ENV, <u32>env);
      store<u32>(VM_DEPTH, depth);
      return Step.Fuel;
    } else if (step == Step.Fail) {
      store<u32>(VM_PC, <u32>pc);
      store<u32>(VM_SP, <u32>sp);
      store<u32>(VM_FP, <u32>fp);
      store<u32>(VM_ENV, <u32>env);
      store<u32>(VM_DEPTH, depth);
    }
    // registers are in memory: native work has been done, or something failed
    while (step == Step.Fail || step == Step.Raise) step = unwind();
    if (step != Step.Reload) return step;
    // large objects fill the memory in less than a slice
    if (collectDue()) fuel = 1;
    step = Step.Go;
    pc = <usize>load<u32>(VM_PC);
    sp = <usize>load<u32>(VM_SP);
    fp = <usize>load<u32>(VM_FP);
    env = <usize>load<u32>(VM_ENV);
    depth = load<u32>(VM_DEPTH);
    limit = <usize>load<u32>(VM_STACK_END);
  }
  return Step.Halt;
}
