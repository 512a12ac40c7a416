/**
 * Computed names behind the place where a path failed. Nix's trace line names the whole path, for which it evaluates them once more; here
 * they are evaluated only then, by a procedure on top of the frame that failed.
 *
 * A name's code is one instruction that pushes a reference, in front of PathForce and PathName:
 *
 *   PathOpen [name PathForce PathName] [PathForce] PathSelect … PathForce(PATH_END)
 */
import { Op } from '../gen/opcodes';
import { Proc } from '../gen/builtins';
import { PATH_DEFAULT, PATH_END, PR_BACK, PR_COMPUTED } from '../compile/paths';
import { Err, currentError, errorCode, setCurrentError } from '../diag/errors';
import { alloc } from '../heap/alloc';
import { KIND_LAZY_LAMBDA, KIND_STRING, KIND_THUNK } from '../value/kinds';
import { cell, kindOf, mkCells, setCell, strContext, tag, untag } from '../value/layout';
import { selectDynSymbol } from './bindings';
import { pushNative } from './frames';
import { Act, STATE_ERROR, VM_ENV, VM_FP, acc, force, setState, setSlot, setSlotInt, slot, slotInt, stateOf } from './native';
import { computedBefore } from './select';
import { tracePath } from './unwind';

// Slots: 0 the error, 1 path record, 2 environment, 3 instruction, 4 symbols of the computed names (CELLS), 5 position, 6 which name is evaluated
const SLOT_ERROR: u32 = 0;
const SLOT_RECORD: u32 = 1;
const SLOT_ENV: u32 = 2;
const SLOT_PC: u32 = 3;
const SLOT_SYMBOLS: u32 = 4;
const SLOT_POS: u32 = 5;
const SLOT_NAME: u32 = 6;

/** Adds the trace line of a path that failed at `pc`; true where a frame was pushed that does so when the names are known. */
export function tellPath(pc: usize, record: usize, pos: u32, symbols: usize): bool {
  const first = (load<u32>(pc) & 0xff) == Op.PathForce && load<u32>(pc) >>> 8 == PATH_DEFAULT ? pc - load<u32>(record, PR_BACK) : pc;
  const error = currentError();
  if (!nextName(first, record, symbols) || isFinal(error) || !pushNative(Proc.pathNames, pc + 8)) {
    setCurrentError(error);
    tracePath(record, pos, symbols);
    return false;
  }
  const f = <usize>load<u32>(VM_FP);
  const n = load<u32>(record, PR_COMPUTED);
  const kept = mkCells(n);
  for (let i: u32 = 0; i < n; i++) setCell(kept, i, <usize>load<u32>(symbols + ((<usize>i) << 2)));
  setSlot(f, SLOT_ERROR, error);
  setSlot(f, SLOT_RECORD, record);
  setSlot(f, SLOT_ENV, <usize>load<u32>(VM_ENV));
  setSlot(f, SLOT_PC, first);
  setSlot(f, SLOT_SYMBOLS, kept);
  setSlotInt(f, SLOT_POS, pos);
  return true;
}
/** Errors after which nothing more is evaluated. */
function isFinal(error: usize): bool {
  const code = errorCode(error);
  return code == Err.Memory || code == Err.Interrupted;
}

/** The code of the next name that is not known yet, or 0. */
function nextName(pc: usize, record: usize, symbols: usize): usize {
  for (;;) {
    const w = load<u32>(pc);
    switch (w & 0xff) {
      case Op.PathForce:
        if (w >>> 8 == PATH_END) return 0;
        pc += 8;
        continue;
      case Op.PathSelectOr:
        pc += 12;
        continue;
      case Op.PathSelect:
      case Op.PathName:
        pc += 8;
        continue;
    }
    const end = behindReference(pc);
    if (load<u32>(symbols + ((<usize>computedBefore(load<u32>(end + 8) >>> 8, record)) << 2)) == <u32>tag(0)) return pc;
    pc = end;
  }
  return 0;
}
/** Behind an instruction that pushes a reference. */
function behindReference(pc: usize): usize {
  const op = load<u32>(pc) & 0xff;
  const end = pc + (op == Op.Slot0 || op == Op.Slot ? 4 : 8);
  return (load<u32>(end) & 0xff) == Op.Avoided ? end + 4 : end;
}
/** What that instruction pushes. */
function reference(pc: usize, env: usize): usize {
  const w = load<u32>(pc);
  const a = w >>> 8;
  switch (w & 0xff) {
    case Op.Slot0:
      return <usize>load<u32>(env + ((<usize>a) << 2), 8);
    case Op.Slot:
      return slotOf(env, a & 0xff, a >>> 8);
    case Op.SlotW:
      return slotOf(env, a, load<u32>(pc, 4));
    case Op.Thunk:
    case Op.LazyLambda: {
      const t = alloc((w & 0xff) == Op.Thunk ? KIND_THUNK : KIND_LAZY_LAMBDA, 12);
      store<u32>(t, load<u32>(pc, 4), 4);
      store<u32>(t, <u32>env, 8);
      return t;
    }
    default:
      return <usize>load<u32>(pc, 4);
  }
}
function slotOf(env: usize, level: u32, index: u32): usize {
  for (let n = level; n; n--) env = <usize>load<u32>(env, 4);
  return <usize>load<u32>(env + ((<usize>index) << 2), 8);
}

/** Evaluates the names, tells the path, and lets the error go on. A name that fails stays unknown. */
export function proc_pathNames(f: usize): i32 {
  const symbols = slot(f, SLOT_SYMBOLS) + 4;
  const record = slot(f, SLOT_RECORD);
  if (stateOf(f) < 0) {
    if (isFinal(currentError())) return Act.Fail;
  } else if (stateOf(f) > 0) {
    const v = acc();
    if (kindOf(v) == KIND_STRING && !strContext(v))
      setCell(slot(f, SLOT_SYMBOLS), <u32>slotInt(f, SLOT_NAME), tag(<i32>selectDynSymbol(v)));
  }
  const at = nextName(slot(f, SLOT_PC), record, symbols);
  if (at) {
    const behind = behindReference(at);
    setSlotInt(f, SLOT_NAME, <i32>computedBefore(load<u32>(behind + 8) >>> 8, record));
    setSlot(f, SLOT_PC, behind);
    return force(f, reference(at, slot(f, SLOT_ENV)), 1);
  }
  // it is not to be caught here once more
  setState(f, STATE_ERROR);
  setCurrentError(slot(f, SLOT_ERROR));
  tracePath(record, <u32>slotInt(f, SLOT_POS), symbols);
  return Act.Fail;
}
