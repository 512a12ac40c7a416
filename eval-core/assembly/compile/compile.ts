/**
 * From syntax tree to bytecode. `strict` emits code that leaves a value in weak head normal form on the stack, `lazy` code that
 * leaves a reference: what needs no thunk (constants, variables, functions) gets none, as in Nix's `maybeThunk`.
 */
import { Op } from '../gen/opcodes';
import { permAlloc } from '../heap/pages';
import { ST_COMPILE } from '../heap/state';
import { N_A, N_B, N_C, Node, nodeKind, nodePos } from '../syntax/ast';
import { EMPTY_LIST } from '../value/layout';
import { operatorsInit, strictCall } from './calls';
import { constantOf, exprText } from './constants';
import {
  Range,
  bodyBegin,
  bodyEnd,
  emit,
  emit2,
  emitWord,
  here,
  patchJump,
  patchWord,
  rangeAdd,
  workLen,
  workPop,
  workPush,
  workReset,
} from './emit';
import { closeFrame, markScope, nextBody, openFrame, openedFrame } from './environments';
import { FN_CODE, FN_FLAGS, FN_POS, FN_ROOT, functionAlloc } from './functions';
import { functionBody, functionMake } from './lambdas';
import { strictAttrsOperand, strictConcat, strictLogic } from './operators';
import { strictHas, strictSelect } from './paths';
import { Found, foundLevel, foundReady, foundSlot, frameTake, globalValue, scopeFind, scopeWith } from './scope';
import { NumberSetting, settingNumber } from '../settings';
import { compileAttrs, compileLet } from './sets';
import { undefinedFirst, undefinedPos, undefinedReset } from './undefined';
import { emitSlot, strictVar } from './variables';

const DEPTH: usize = ST_COMPILE + 84; // strict nesting
/** Deeper strict nesting goes through thunks of its own, so that the compiler's own recursion is bounded. */
const DEPTH_MAX: u32 = 600;

/**
 * Compiles a file or expression. `scope` and `frame` are 0, or those of a repl or scopedImport. Returns the function record of a
 * function without argument whose body it is, or 0: then an undefined variable was found (undefinedPos, undefinedSymbol).
 */
export function compileRoot(node: usize, scope: usize, frame: usize, pos: u32): usize {
  workReset();
  undefinedReset();
  operatorsInit();
  const fn = functionAlloc();
  store<u32>(fn, pos, FN_POS);
  store<u32>(fn, FN_ROOT, FN_FLAGS);
  workPush(node, scope, frame, fn, 0);
  while (workLen()) compileItem(workPop());
  if (!undefinedPos()) return fn;
  undefinedFirst(node, scope);
  return 0;
}

function compileItem(item: usize): void {
  const node = <usize>load<u32>(item);
  const scope = <usize>load<u32>(item, 4);
  const frame = <usize>load<u32>(item, 8);
  const fn = <usize>load<u32>(item, 12);
  const patch = <usize>load<u32>(item, 16);
  const label = load<u32>(item, 20);
  const labelPos = load<u32>(item, 24);
  nextBody();
  store<u32>(DEPTH, 0);
  const mark = workLen();
  bodyBegin();
  if (fn) {
    functionBody(fn, node, scope, frame);
    store<u32>(fn, <u32>bodyEnd(mark, label, labelPos), FN_CODE);
  } else {
    strict(node, scope, frame, true);
    emit(Op.RetThunk, 0);
    markScope(0, scope, frame);
    store<u32>(patch, <u32>bodyEnd(mark, label, labelPos ? labelPos : nodePos(node)));
  }
}

export function thunk(node: usize, scope: usize, frame: usize): void {
  emit2(Op.Thunk, 0, 0);
  workPush(node, scope, frame, 0, here() - 4);
}

/** Where a thunk was not needed, it is counted if somebody wants to know. */
function avoided(): void {
  if (settingNumber(NumberSetting.Statistics)) emit(Op.Avoided, 0);
}
function lazyVar(node: usize, scope: usize, frame: usize): void {
  const sym = load<u32>(node, N_A);
  const found = scopeFind(scope, frame, sym);
  const global = found == Found.Slot ? 0 : globalValue(sym);
  if (found == Found.Slot && foundReady()) emitSlot(foundLevel(), foundSlot());
  else if (global) emit2(Op.Const, 0, <u32>global);
  else return thunk(node, scope, frame);
  avoided();
}

/** Code that pushes a reference to the expression's value, evaluated or not. */
export function lazy(node: usize, scope: usize, frame: usize): void {
  switch (nodeKind(node)) {
    case Node.Int:
    case Node.Float:
    case Node.String:
    case Node.Path:
      emit2(Op.Const, 0, <u32>constantOf(node));
      return avoided();
    case Node.Var:
      return lazyVar(node, scope, frame);
    case Node.Lambda:
      emit2(Op.LazyLambda, 0, <u32>functionMake(node, scope, frame));
      return;
    case Node.List:
      if (!load<u32>(node, N_B)) {
        emit2(Op.Const, 0, <u32>EMPTY_LIST);
        return;
      }
      break;
  }
  thunk(node, scope, frame);
}

/** Strict code for an operand, with a trace line for whatever fails in it. */
export function strictIn(node: usize, scope: usize, frame: usize, pos: u32, kind: Range): void {
  const start = here();
  strict(node, scope, frame, false);
  rangeAdd(start, pos, kind);
}

/** Code that pushes the expression's value in weak head normal form. `tail`: nothing follows but the return. */
export function strict(node: usize, scope: usize, frame: usize, tail: bool): void {
  const depth = load<u32>(DEPTH);
  if (depth >= DEPTH_MAX) {
    thunk(node, scope, frame);
    emit2(Op.Force, 0, nodePos(node));
    return;
  }
  store<u32>(DEPTH, depth + 1);
  strictNode(node, scope, frame, tail);
  store<u32>(DEPTH, depth);
}

function strictNode(node: usize, scope: usize, frame: usize, tail: bool): void {
  const a = <usize>load<u32>(node, N_A);
  const b = <usize>load<u32>(node, N_B);
  const pos = nodePos(node);
  switch (nodeKind(node)) {
    case Node.Int:
    case Node.Float:
    case Node.String:
    case Node.Path:
      emit2(Op.Const, 0, <u32>constantOf(node));
      return;
    case Node.Var:
      return strictVar(node, scope, frame);
    case Node.Select:
      return strictSelect(node, scope, frame);
    case Node.HasAttr:
      return strictHas(node, scope, frame);
    case Node.Attrs:
      return compileAttrs(node, scope, frame, tail);
    case Node.List:
      return strictList(a, <u32>b, scope, frame);
    case Node.Lambda:
      emit2(Op.Lambda, 0, <u32>functionMake(node, scope, frame));
      return;
    case Node.Call:
      return strictCall(node, scope, frame);
    case Node.Let:
      return compileLet(node, scope, frame, tail);
    case Node.With:
      return strictWith(a, b, pos, scope, frame, tail);
    case Node.If: {
      strictIn(a, scope, frame, pos, Range.Branch);
      const start = here();
      emit2(Op.JumpFalse, 0, pos);
      emitWord(0);
      rangeAdd(start, pos, Range.Branch);
      const toElse = here() - 4;
      strict(b, scope, frame, tail);
      emit(Op.Jump, 0);
      const toEnd = here() - 4;
      patchJump(toElse);
      strict(<usize>load<u32>(node, N_C), scope, frame, tail);
      patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
      return;
    }
    case Node.Assert:
      return strictAssert(a, b, pos, scope, frame, tail);
    case Node.Not: {
      const start = here();
      strict(a, scope, frame, false);
      emit2(Op.Not, 0, pos);
      rangeAdd(start, pos, Range.Not);
      return;
    }
    case Node.Eq:
    case Node.NEq:
      strict(a, scope, frame, false);
      strict(b, scope, frame, false);
      emit2(Op.Eq, 0, pos);
      if (nodeKind(node) == Node.NEq) emit(Op.Invert, 0);
      return;
    case Node.And:
      return strictLogic(a, b, pos, scope, frame, Op.And, Range.AndLeft, Range.AndRight);
    case Node.Or:
      return strictLogic(a, b, pos, scope, frame, Op.Or, Range.OrLeft, Range.OrRight);
    case Node.Impl:
      return strictLogic(a, b, pos, scope, frame, Op.Impl, Range.ImplLeft, Range.ImplRight);
    case Node.Update:
      strictAttrsOperand(b, scope, frame, Range.UpdateRight);
      strictAttrsOperand(a, scope, frame, Range.UpdateLeft);
      emit2(Op.Update, 0, pos);
      return;
    case Node.ConcatLists:
      strict(a, scope, frame, false);
      strict(b, scope, frame, false);
      emit2(Op.ConcatLists, 0, pos);
      return;
    case Node.ConcatStrings:
      return strictConcat(node, scope, frame);
    case Node.CurPos:
      emit2(Op.CurPos, 0, pos);
      return;
    default:
      unreachable();
  }
}

function strictList(items: usize, n: u32, scope: usize, frame: usize): void {
  if (!n) {
    emit2(Op.Const, 0, <u32>EMPTY_LIST);
    return;
  }
  if (n > 1000) emit(Op.NeedStack, (n >>> 10) + 1);
  for (let i: u32 = 0; i < n; i++) lazy(<usize>load<u32>(items + ((<usize>i) << 2)), scope, frame);
  emit(Op.List, n);
}

function strictWith(attrs: usize, body: usize, pos: u32, scope: usize, frame: usize, tail: bool): void {
  const opened = openFrame(frame);
  const inner = openedFrame();
  lazy(attrs, scope, inner);
  const slot = frameTake(inner, 1);
  emit(Op.Set, slot);
  const start = here();
  const own = scopeWith(scope, inner, slot, pos);
  strict(body, own, inner, tail);
  markScope(start, own, inner);
  closeFrame(opened, inner, tail);
}

/** The text of an assertion's condition, kept for its failure. */
function strictAssert(cond: usize, body: usize, pos: u32, scope: usize, frame: usize, tail: bool): void {
  const start = here();
  strict(cond, scope, frame, false);
  emit2(Op.JumpFalse, 0, pos);
  emitWord(0);
  rangeAdd(start, pos, Range.Assert);
  const toFail = here() - 4;
  strict(body, scope, frame, tail);
  emit(Op.Jump, 0);
  const toEnd = here() - 4;
  patchJump(toFail);
  const record = permAlloc(12);
  const text = exprText(cond);
  store<u32>(record, pos);
  store<u32>(record, <u32>text, 4);
  store<u32>(record, nodePos(cond), 8);
  const both = nodeKind(cond) == Node.Eq;
  if (both) {
    strict(<usize>load<u32>(cond, N_A), scope, frame, false);
    strict(<usize>load<u32>(cond, N_B), scope, frame, false);
  }
  emit2(Op.AssertFail, u32(both), <u32>record);
  patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
}
