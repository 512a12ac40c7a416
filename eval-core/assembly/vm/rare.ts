/** Instructions that are rare, or whose work is long: kept out of the machine's loop so that it warms up fast. Registers are saved. */
import { Proc } from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { KIND_ATTRS, KIND_FLOAT, KIND_INT, KIND_LIST, KIND_PATH, KIND_STRING } from '../value/kinds';
import { deref, isValue, kindOf, listLen, mkCells, setCell, tag } from '../value/layout';
import { attrsPos, attrsShape, attrsValue, shapeFind } from '../value/shapes';
import { addTraceLit } from '../diag/errors';
import { memoryFits } from '../heap/pages';
import { ST_STATS } from '../heap/state';
import { mkPosition } from '../builtins/positions';
import { dynAttrs, dynName, formals, overrides, undefinedVariable, withVar } from './bindings';
import { failExpectedAt, failSelect } from './fail';
import { enterSuspended, firstApplied, inheritSelect, needStack, startProc } from './frames';
import { concatPath, concatTwo, noRoom, startSegment } from './operators';
import { expectName, pathClose, pathForce, pathName, pathOpen, pathSelect } from './select';
import { VM_DEPTH, VM_FP, VM_PC, VM_SP } from './native';
import { maxCallDepth } from '../settings';
import { Step } from './steps';

/** thunks that were not made, since a value was at hand */
export const STAT_AVOIDED: usize = ST_STATS + 68;

function goOn(bytes: u32): Step {
  store<u32>(VM_PC, load<u32>(VM_PC) + bytes);
  return Step.Reload;
}

export function rare(op: u32, a: u32, pc: usize, sp: usize): Step {
  switch (op) {
    case Op.Halt:
      return Step.Halt;
    case Op.WithVar:
      return withVar(a, <usize>load<u32>(pc, 4));
    case Op.Undefined:
      return undefinedVariable(a, load<u32>(pc, 4));
    case Op.Formals:
      return formals(<usize>load<u32>(pc, 4), a);
    case Op.AttrName:
      return expectName(<usize>load<u32>(sp - 4), load<u32>(pc, 4)) ? goOn(8) : Step.Raise;
    case Op.PathOpen:
      return pathOpen(a);
    case Op.PathSelect:
      return pathSelect(a, <usize>load<u32>(pc, 4), false);
    case Op.PathSelectOr:
      return pathSelect(a, <usize>load<u32>(pc, 4), true);
    case Op.PathForce:
      return pathForce(a, <usize>load<u32>(pc, 4));
    case Op.PathName:
      return pathName(a, <usize>load<u32>(pc, 4));
    case Op.PathClose:
      return pathClose(a);
    case Op.DynName:
      return dynName(<usize>load<u32>(sp - 4), load<u32>(pc, 4));
    case Op.DynAttrs:
      return dynAttrs(a, <usize>load<u32>(pc, 4));
    case Op.Overrides:
      return overrides(<usize>load<u32>(pc, 4));
    case Op.Dup:
      store<u32>(sp, load<u32>(sp - 4));
      store<u32>(VM_SP, <u32>(sp + 4));
      return goOn(4);
    case Op.Avoided:
      store<u32>(STAT_AVOIDED, load<u32>(STAT_AVOIDED) + 1);
      return goOn(4);
    case Op.NeedStack: {
      const step = needStack((<usize>a) << 10);
      return step == Step.Reload ? goOn(4) : step;
    }
    case Op.AddLeft: {
      const v = <usize>load<u32>(sp - 4);
      const k = kindOf(v);
      if (k == KIND_INT || k == KIND_FLOAT) return goOn(12);
      if ((k == KIND_STRING || k == KIND_PATH) && load<u32>(VM_DEPTH) <= maxCallDepth()) return goOn(12);
      store<u32>(VM_SP, <u32>(sp - 4));
      // it is no string, so nothing is copied to the store
      return startSegment(v, 0);
    }
    case Op.AddCoerced: {
      const marked = mkCells(1);
      setCell(marked, 0, <usize>load<u32>(sp - 4));
      store<u32>(sp - 4, <u32>marked);
      return goOn(4);
    }
    case Op.ConcatLists:
      return concatLists(sp, load<u32>(pc, 4));
    case Op.ConcatPath: {
      const p = concatPath(sp, a, load<u32>(pc, 4));
      if (!p) return Step.Raise;
      const to = sp - ((<usize>a) << 2);
      store<u32>(to, <u32>p);
      store<u32>(VM_SP, <u32>(to + 4));
      return goOn(8);
    }
    case Op.CurPos:
      store<u32>(sp, <u32>mkPosition(load<u32>(pc, 4)));
      store<u32>(VM_SP, <u32>(sp + 4));
      return goOn(8);
    case Op.Applied:
      return firstApplied(sp);
    case Op.SelectThunk:
      return selectThunk(sp, pc);
    case Op.AssertFail:
      return assertFail(a, <usize>load<u32>(pc, 4), sp, pc);
  }
  unreachable();
  return Step.Halt;
}

function concatLists(sp: usize, pos: u32): Step {
  const l = <usize>load<u32>(sp - 8);
  const r = <usize>load<u32>(sp - 4);
  const bad = kindOf(l) != KIND_LIST ? l : kindOf(r) != KIND_LIST ? r : 0;
  if (bad) {
    failExpectedAt('a list', bad, 0);
    addTraceLit(pos, 'while evaluating one of the elements to concatenate');
    return Step.Raise;
  }
  if (!memoryFits((<u64>listLen(l) + <u64>listLen(r)) << 2)) return noRoom(pos);
  store<u32>(sp - 8, <u32>concatTwo(l, r));
  store<u32>(VM_SP, <u32>(sp - 4));
  return goOn(8);
}

/** The body of an `inherit (e) x` thunk: its source has been forced. */
function selectThunk(sp: usize, pc: usize): Step {
  const t = <usize>load<u32>(<usize>load<u32>(VM_FP), 12);
  const made = inheritSelect(t);
  const sym = load<u32>(made, 4);
  const pos = load<u32>(made, 8);
  const s = <usize>load<u32>(sp - 4);
  const i = kindOf(s) == KIND_ATTRS ? shapeFind(attrsShape(s), sym) : -1;
  if (i < 0) {
    failSelect(s, sym, pos);
    return Step.Raise;
  }
  store<u32>(VM_SP, <u32>(sp - 4));
  const v = deref(attrsValue(s, i));
  if (isValue(v)) {
    store<u32>(sp - 4, <u32>v);
    store<u32>(VM_SP, <u32>sp);
    return goOn(8);
  }
  return enterSuspended(v, pc + 8, <u32>tag(<i32>attrsPos(s, i)));
}

function assertFail(both: u32, record: usize, sp: usize, pc: usize): Step {
  let l: usize = tag(0);
  let r: usize = tag(0);
  if (both) {
    l = <usize>load<u32>(sp - 8);
    r = <usize>load<u32>(sp - 4);
    store<u32>(VM_SP, <u32>(sp - 8));
  }
  return startProc(Proc.assertFailed, l, r, <usize>record, pc + 8);
}
