/** Instructions about names: formals, `with`, computed attributes. */
import {
  Err,
  E_SUGGESTIONS,
  addTrace,
  addTraceLit,
  currentError,
  msgArgSym,
  msgBegin,
  msgLit,
  msgOpen,
  msgClose,
  msgPos,
  raiseAt,
} from '../diag/errors';
import { suggestSymbols } from '../diag/suggest';
import { FN_ELLIPSIS, FN_FLAGS, FN_FORMALS, FN_FORMAL_COUNT, FN_NAME, FN_POS, functionSetName } from '../compile/functions';
import { expectPlainStringAt } from '../diag/check';
import { KIND_ATTRS, KIND_NULL } from '../value/kinds';
import { deref, isValue, kindOf, setCell, strBytes, strLen, tag, untag } from '../value/layout';
import {
  DUP_LAST,
  allocAttrs,
  attrsAdd,
  attrsBegin,
  attrsCount,
  allocEmptyAttrs,
  attrsFinish,
  attrsGet,
  attrsPos,
  attrsSetValue,
  attrsShape,
  attrsSymbol,
  attrsValue,
  shapeCount,
  shapeFind,
  shapeSymbol,
} from '../value/shapes';
import { symbolIntern } from '../value/symbols';
import { failExpectedAt, failNotSet } from './fail';
import { callSite, enterSuspended, enterSuspendedAt } from './frames';
import { SITE_TOLD, VM_AUX, VM_ENV, VM_FP, VM_PC, VM_SP } from './native';
import { Step } from './steps';

function push(v: usize): void {
  const sp = <usize>load<u32>(VM_SP);
  store<u32>(sp, <u32>v);
  store<u32>(VM_SP, <u32>(sp + 4));
}
function advance(bytes: u32): Step {
  store<u32>(VM_PC, load<u32>(VM_PC) + bytes);
  return Step.Reload;
}

/** The symbol of a computed name, which AttrName has checked. */
export function selectDynSymbol(s: usize): u32 {
  return symbolIntern(strBytes(s), strLen(s));
}

/** WithVar: the innermost `with` whose set has the attribute. */
export function withVar(sym: u32, record: usize): Step {
  const n = load<u32>(record, 4);
  const pos = load<u32>(record);
  const pc = <usize>load<u32>(VM_PC);
  for (let i: u32 = 0; i < n; i++) {
    let e = <usize>load<u32>(VM_ENV);
    const scope = record + 8 + <usize>i * 12;
    for (let k = load<u32>(scope); k; k--) e = <usize>load<u32>(e, 4);
    const s = deref(<usize>load<u32>(e + ((<usize>load<u32>(scope, 4)) << 2), 8));
    // evaluated, it is dropped by Back, which comes here again
    if (!isValue(s)) return enterSuspendedAt(s, pc + 8, 0, load<u32>(scope, 8));
    if (kindOf(s) != KIND_ATTRS) {
      failExpectedAt('a set', s, 0);
      addTraceLit(load<u32>(scope, 8), 'while evaluating the first subexpression of a with expression');
      return Step.Raise;
    }
    const v = attrsGet(s, sym);
    if (!v) continue;
    const w = deref(v);
    push(w);
    return advance(isValue(w) ? 20 : 12);
  }
  return undefinedVariable(sym, pos);
}
export function undefinedVariable(sym: u32, pos: u32): Step {
  msgBegin();
  msgLit("undefined variable '");
  msgArgSym(sym);
  msgLit("'");
  raiseAt(Err.UndefinedVar, pos);
  return Step.Raise;
}

function msgFunction(fn: usize): void {
  msgLit("function '");
  if (load<u32>(fn, FN_NAME)) msgArgSym(load<u32>(fn, FN_NAME));
  else {
    msgOpen();
    msgLit('anonymous lambda');
    msgClose();
  }
}
/** Formals: matches the argument in slot 0; the formals' slots begin at `first`. Unwinding tells the call site where the argument fails. */
export function formals(fn: usize, first: u32): Step {
  const env = <usize>load<u32>(VM_ENV);
  const pc = <usize>load<u32>(VM_PC);
  const arg = deref(<usize>load<u32>(env, 8));
  if (!isValue(arg)) return enterSuspended(arg, pc + 8, 0);
  const n = load<u32>(fn, FN_FORMAL_COUNT);
  if (kindOf(arg) != KIND_ATTRS) {
    failExpectedAt('a set', arg, 0);
    addTraceLit(load<u32>(fn, FN_POS), 'while evaluating the value passed for the lambda argument');
    return Step.Raise;
  }
  const shape = attrsShape(arg);
  const table = <usize>load<u32>(fn, FN_FORMALS);
  let used: u32 = 0;
  let to = env + 8 + ((<usize>first) << 2);
  for (let i: u32 = 0; i < n; i++) {
    const formal = table + <usize>i * 12;
    const at = shapeFind(shape, load<u32>(formal));
    if (at >= 0) {
      used++;
      store<u32>(to, <u32>attrsValue(arg, at));
    } else {
      if (!load<u32>(formal, 8)) return missingArgument(fn, load<u32>(formal));
      store<u32>(to, 0);
    }
    to += 4;
  }
  if (!first && !n) store<u32>(env, 0, 8);
  if (used != shapeCount(shape) && !(load<u32>(fn, FN_FLAGS) & FN_ELLIPSIS)) return unexpectedArgument(fn, arg);
  return advance(12);
}
function missingArgument(fn: usize, sym: u32): Step {
  msgBegin();
  msgFunction(fn);
  msgLit("' called without required argument '");
  msgArgSym(sym);
  msgLit("'");
  return failMatching(fn);
}
/** The call site is told even where it has no position. */
function failMatching(fn: usize): Step {
  raiseAt(Err.Type, load<u32>(fn, FN_POS));
  const fp = <usize>load<u32>(VM_FP);
  addTraceLit(callSite(<usize>load<u32>(fp, 4) - 8, <usize>load<u32>(fp)), 'from call site');
  store<u32>(VM_AUX, SITE_TOLD);
  return Step.Raise;
}
function unexpectedArgument(fn: usize, arg: usize): Step {
  const shape = attrsShape(arg);
  const table = <usize>load<u32>(fn, FN_FORMALS);
  const n = load<u32>(fn, FN_FORMAL_COUNT);
  let sym: u32 = 0;
  for (let i: u32 = 0; i < shapeCount(shape) && !sym; i++) {
    const s = shapeSymbol(shape, i);
    let known = false;
    for (let k: u32 = 0; k < n && !known; k++) known = load<u32>(table + <usize>k * 12) == s;
    if (!known) sym = s;
  }
  msgBegin();
  msgFunction(fn);
  msgLit("' called with unexpected argument '");
  msgArgSym(sym);
  msgLit("'");
  failMatching(fn);
  setCell(currentError(), E_SUGGESTIONS, suggestSymbols(table, n, 12, sym));
  return Step.Raise;
}

/** DynName: the name of a computed attribute becomes a tagged symbol, null a tagged 0. */
export function dynName(v: usize, pos: u32): Step {
  const sp = <usize>load<u32>(VM_SP);
  if (kindOf(v) == KIND_NULL) {
    store<u32>(sp - 4, <u32>tag(0));
    return advance(8);
  }
  if (!expectPlainStringAt(v, pos, 'while evaluating the name of a dynamic attribute')) return Step.Raise;
  store<u32>(sp - 4, <u32>tag(<i32>symbolIntern(strBytes(v), strLen(v))));
  return advance(8);
}

/** DynAttrs: adds `n` computed attributes to the set below them. */
export function dynAttrs(n: u32, record: usize): Step {
  const sp = <usize>load<u32>(VM_SP);
  const first = sp - ((<usize>n) << 3);
  const set = <usize>load<u32>(first - 4);
  const mark = attrsBegin();
  const have = attrsCount(set);
  for (let i: u32 = 0; i < have; i++) attrsAdd(attrsSymbol(set, i), attrsValue(set, i), attrsPos(set, i));
  for (let i: u32 = 0; i < n; i++) {
    const sym = <u32>untag(<usize>load<u32>(first + ((<usize>i) << 3)));
    if (!sym) continue;
    const pos = load<u32>(record + ((<usize>i) << 3));
    const before = definedAt(set, sym, first, i, record);
    if (before != 0xffffffff) {
      msgBegin();
      msgLit("dynamic attribute '");
      msgArgSym(sym);
      msgLit("' already defined at ");
      msgOpen();
      msgPos(before);
      msgClose();
      raiseAt(Err.Eval, pos);
      attrsFinish(mark, DUP_LAST);
      return Step.Raise;
    }
    functionSetName(<usize>load<u32>(record + ((<usize>i) << 3), 4), sym);
    attrsAdd(sym, <usize>load<u32>(first + ((<usize>i) << 3), 4), pos);
  }
  store<u32>(first - 4, <u32>(attrsBegin() == mark ? allocEmptyAttrs() : attrsFinish(mark, DUP_LAST)));
  store<u32>(VM_SP, <u32>first);
  return advance(8);
}
/** Where a name was defined before the `i`-th computed attribute, or 0xffffffff. */
function definedAt(set: usize, sym: u32, first: usize, i: u32, record: usize): u32 {
  const at = shapeFind(attrsShape(set), sym);
  if (at >= 0) return attrsPos(set, at);
  for (let k: u32 = 0; k < i; k++)
    if (<u32>untag(<usize>load<u32>(first + ((<usize>k) << 3))) == sym) return load<u32>(record + ((<usize>k) << 3));
  return 0xffffffff;
}

/** Overrides: `| position | number | first slot | symbols … |`; the set and the forced overrides are on the stack. */
export function overrides(record: usize): Step {
  const sp = <usize>load<u32>(VM_SP);
  const set = <usize>load<u32>(sp - 8);
  const over = <usize>load<u32>(sp - 4);
  if (kindOf(over) != KIND_ATTRS) {
    failNotSet(over, 0, 'while evaluating the `__overrides` attribute');
    return Step.Raise;
  }
  const env = <usize>load<u32>(VM_ENV);
  const n = load<u32>(record, 4);
  const first = load<u32>(record, 8);
  const mark = attrsBegin();
  for (let i: u32 = 0; i < attrsCount(set); i++) attrsAdd(attrsSymbol(set, i), attrsValue(set, i), attrsPos(set, i));
  for (let i: u32 = 0; i < attrsCount(over); i++) {
    const sym = attrsSymbol(over, i);
    attrsAdd(sym, attrsValue(over, i), attrsPos(over, i));
    for (let k: u32 = 0; k < n; k++)
      if (load<u32>(record + ((<usize>k) << 2), 12) == sym) store<u32>(env + ((<usize>(first + k)) << 2), <u32>attrsValue(over, i), 8);
  }
  store<u32>(sp - 8, <u32>attrsFinish(mark, DUP_LAST));
  store<u32>(VM_SP, <u32>(sp - 4));
  return advance(8);
}
