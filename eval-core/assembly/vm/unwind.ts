/**
 * What happens to an error in flight: it passes the frames from the top; each adds the trace lines that Nix adds at the same
 * place, thunks under evaluation become failed, and procedures that catch are entered again.
 */
import { PROC_CATCHES, PROC_NO_TRACE, builtinName, procFlags } from '../gen/builtins';
import { Op } from '../gen/opcodes';
import { Range, rangeFind, rangeKind, rangePos } from '../compile/emit';
import { FN_FLAGS, FN_NAME, FN_POS, FN_ROOT } from '../compile/functions';
import {
  Err,
  addTrace,
  TRACE_DETAIL,
  addTraceLit,
  addTraceString,
  currentError,
  errorCode,
  msgArgLit,
  msgArgSym,
  msgBegin,
  msgClose,
  msgLit,
  msgOpen,
  msgSym,
  msgTake,
  msgBytes,
} from '../diag/errors';
import { BLACKHOLE_BIT, KIND_FAILED } from '../value/kinds';
import { strBytes, strLen, untag } from '../value/layout';
import { symbolBytes, symbolLen } from '../value/symbols';
import { callSite, inheritSelect, procLevels, runNative } from './frames';
import {
  NOT_ENTERED,
  NATIVE_PROC,
  NATIVE_STATE,
  NATIVE_TRACE,
  NATIVE_TRACE_POS,
  SITE_TOLD,
  STATE_ERROR,
  VM_AUX,
  VM_DEPTH,
  VM_ENV,
  VM_FP,
  VM_PC,
  VM_SP,
  setState,
} from './native';
import { FRAME_AUX, TAG_CALL, TAG_NATIVE, TAG_ROOT } from './stack';
import { NATIVE_SLOTS } from './native';
import { procSlots } from '../gen/builtins';
import { NumberSetting, settingNumber } from '../settings';
import { looksAhead, stopsAtError } from './debug';
import { Step } from './steps';
import { isDerivationInternal } from '../diag/positions';
import { PATH_NAME, PATH_SET, PR_COUNT, PR_STEP, PR_STEPS } from '../compile/paths';
import { tellPath } from './path-names';
import { pathSymbols } from './select';

/** `while calling the '…' builtin`. */
export function traceBuiltin(id: u32, pos: u32): void {
  if (procFlags(id) & PROC_NO_TRACE) return;
  msgBegin();
  msgLit("while calling the '");
  msgArgLit(builtinName(id));
  msgLit("' builtin");
  addTrace(pos);
}

/** Evaluation that ends for reasons outside the program leaves its thunks as they were. */
function leavesThunks(code: u32): bool {
  return code == Err.Memory || code == Err.Interrupted || looksAhead();
}

/** Lets the error in flight pass frames until one catches it, or the root is left. */
export function unwind(): Step {
  if (settingNumber(NumberSetting.Debugger) && stopsAtError()) return Step.Request;
  const failed = load<u32>(VM_AUX);
  let told = failed == SITE_TOLD;
  store<u32>(VM_AUX, 0);
  let pc = <usize>load<u32>(VM_PC);
  if (traceSelection(pc, failed)) return runNative();
  traceRanges(pc, failed);
  for (;;) {
    const f = <usize>load<u32>(VM_FP);
    const tagWord = load<u32>(f, 12);
    const aux = load<u32>(f, FRAME_AUX);
    const ret = <usize>load<u32>(f, 4);
    if (tagWord == TAG_ROOT) {
      store<u32>(VM_SP, <u32>f);
      store<u32>(VM_FP, load<u32>(f));
      return Step.Failed;
    }
    if (tagWord == TAG_NATIVE) {
      const proc = <u32>untag(<usize>load<u32>(f, NATIVE_PROC));
      const literal = load<u32>(f, NATIVE_TRACE);
      if (literal) addTraceLit(<u32>untag(<usize>load<u32>(f, NATIVE_TRACE_POS)), changetype<string>(<usize>literal));
      if (procFlags(proc) & PROC_CATCHES && untag(<usize>load<u32>(f, NATIVE_STATE)) >= 0) {
        store<u32>(VM_SP, <u32>(f + NATIVE_SLOTS + ((<usize>procSlots(proc)) << 2)));
        store<u32>(f, 0, NATIVE_TRACE);
        setState(f, STATE_ERROR);
        return runNative();
      }
      traceBuiltin(proc, callPosition(f, ret));
      store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) - procLevels(proc));
    } else if (tagWord == TAG_CALL) {
      if (!told) traceCall(<usize>aux, callPosition(f, ret), (load<u32>(pc) & 0xff) == Op.Formals);
      told = false;
      if (!(load<u32>(<usize>aux, FN_FLAGS) & FN_ROOT)) store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) - 1);
    } else failThunk(<usize>tagWord);
    store<u32>(VM_SP, <u32>f);
    store<u32>(VM_ENV, load<u32>(f, 8));
    store<u32>(VM_FP, load<u32>(f));
    pc = ret - 8;
    const selected = tagWord & 1 ? 0 : aux;
    if (traceSelection(pc, selected)) return runNative();
    traceRanges(pc, selected);
  }
  return Step.Failed;
}

function failThunk(t: usize): void {
  const e = currentError();
  if (leavesThunks(errorCode(e))) {
    store<u8>(t, load<u8>(t) & ~(<u8>BLACKHOLE_BIT));
    return;
  }
  store<u8>(t, KIND_FAILED);
  store<u32>(t, <u32>e, 4);
}

/** The position of the call instruction that pushed a frame. */
function callPosition(f: usize, ret: usize): u32 {
  const op = load<u32>(ret - 8) & 0xff;
  if (op == Op.Call || op == Op.Applied) return callSite(ret - 8, <usize>load<u32>(f));
  return op == Op.Sub || op == Op.Mul || op == Op.Div || op == Op.Less ? load<u32>(ret - 4) : 0;
}

/** A call of a function, told with --show-trace alone; `matching`: it failed before its body. */
function traceCall(fn: usize, pos: u32, matching: bool): void {
  if (load<u32>(fn, FN_FLAGS) & FN_ROOT) return;
  if (matching) {
    if (pos) addTraceLit(pos, 'from call site');
    return;
  }
  msgBegin();
  msgLit('while calling ');
  const name = load<u32>(fn, FN_NAME);
  msgOpen();
  if (name) {
    msgLit("'");
    msgBytes(symbolBytes(name), symbolLen(name));
    msgLit("'");
  } else msgLit('anonymous lambda');
  msgClose();
  addTraceString(load<u32>(fn, FN_POS), msgTake(), TRACE_DETAIL);
  if (!pos) return;
  msgBegin();
  msgLit('from call site');
  addTraceString(pos, msgTake(), TRACE_DETAIL);
}

/** Trace lines of the operands that an instruction belongs to. */
function traceRanges(pc: usize, aux: u32): void {
  let skip = aux == NOT_ENTERED;
  for (let i = rangeFind(pc, 0); i >= 0; i = rangeFind(pc, i + 1)) {
    const kind = rangeKind(i);
    if (!skip) traceRange(kind, rangePos(i));
    // the level was not counted yet either
    else if (kind != Range.Level) skip = false;
  }
}

/**
 * The trace line of a selection: `aux` is the position (tagged) of the attribute that it forced, or that comes before what failed. True
 * where a frame was pushed that has to run first.
 */
function traceSelection(pc: usize, aux: u32): bool {
  if (aux <= 1 || !(aux & 1)) return false;
  const pos = aux >>> 1;
  if (isDerivationInternal(pos)) return false;
  const sp = <usize>load<u32>(VM_SP);
  const record = <usize>load<u32>(pc, 4);
  switch (load<u32>(pc) & 0xff) {
    case Op.Select:
      traceAttribute(load<u32>(pc) >>> 8, pos);
      return false;
    case Op.SelectThunk:
      traceAttribute(load<u32>(inheritSelect(<usize>load<u32>(<usize>load<u32>(VM_FP), 12)), 4), pos);
      return false;
    case Op.PathForce:
      return tellPath(pc, record, pos, pathSymbols(sp, record, load<u32>(pc) >>> 8));
    case Op.PathName:
      return tellPath(pc, record, pos, pathSymbols(sp - 4, record, PATH_NAME));
    case Op.PathSelect:
    case Op.PathSelectOr:
      return tellPath(pc, record, pos, pathSymbols(sp - 4, record, PATH_SET));
    default:
      tracePath(record, pos, sp - 4);
      return false;
  }
}
function traceAttribute(sym: u32, pos: u32): void {
  msgBegin();
  msgLit("while evaluating the attribute '");
  msgArgSym(sym);
  msgLit("'");
  addTrace(pos);
}
/** `while evaluating the attribute 'a.b.c'`; `symbols`: where those of computed names are, tagged (0: not known yet). */
export function tracePath(record: usize, pos: u32, symbols: usize): void {
  if (!pos || isDerivationInternal(pos)) return;
  msgBegin();
  msgLit("while evaluating the attribute '");
  msgOpen();
  const n = load<u32>(record, PR_COUNT);
  let computed: usize = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (i) msgLit('.');
    const entry = record + PR_STEPS + <usize>i * PR_STEP;
    let sym = load<u32>(entry);
    if (!sym) {
      sym = load<u32>(symbols + computed) >>> 1;
      computed += 4;
    }
    if (sym) msgSym(sym);
    else {
      const text = <usize>load<u32>(entry, 8);
      msgLit('"${');
      msgBytes(strBytes(text), strLen(text));
      msgLit('}"');
    }
  }
  msgClose();
  msgLit("'");
  addTrace(pos);
}
function traceRange(kind: u32, pos: u32): void {
  switch (kind) {
    case Range.Branch:
      return addTraceLit(pos, 'while evaluating a branch condition');
    case Range.Assert:
      return addTraceLit(pos, 'in the condition of the assert statement');
    case Range.AndLeft:
      return addTraceLit(pos, 'in the left operand of the AND (&&) operator');
    case Range.AndRight:
      return addTraceLit(pos, 'in the right operand of the AND (&&) operator');
    case Range.OrLeft:
      return addTraceLit(pos, 'in the left operand of the OR (||) operator');
    case Range.OrRight:
      return addTraceLit(pos, 'in the right operand of the OR (||) operator');
    case Range.ImplLeft:
      return addTraceLit(pos, 'in the left operand of the IMPL (->) operator');
    case Range.ImplRight:
      return addTraceLit(pos, 'in the right operand of the IMPL (->) operator');
    case Range.Not:
      return addTraceLit(pos, 'in the argument of the not operator');
    case Range.UpdateLeft:
      return addTraceLit(pos, 'in the left operand of the update (//) operator');
    case Range.UpdateRight:
      return addTraceLit(pos, 'in the right operand of the update (//) operator');
    case Range.Level:
      store<u32>(VM_DEPTH, load<u32>(VM_DEPTH) - 1);
      return;
    case Range.Sub:
      return traceOperator('sub', pos);
    case Range.Mul:
      return traceOperator('mul', pos);
    case Range.Div:
      return traceOperator('div', pos);
    case Range.Less:
      return traceOperator('lessThan', pos);
  }
}
function traceOperator(name: string, pos: u32): void {
  msgBegin();
  msgLit("while calling the '");
  msgArgLit(name);
  msgLit("' builtin");
  addTrace(pos);
}
