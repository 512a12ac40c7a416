/**
 * From syntax tree to bytecode. `strict` emits code that leaves a value in weak head normal form on the stack, `lazy` code that
 * leaves a reference: what needs no thunk (constants, variables, functions) gets none, as in Nix's `maybeThunk`.
 */
import { permAlloc } from '../heap/pages';
import { BUF_BYTES, bufData, bufLen, bufReset } from '../heap/text';
import { ST_COMPILE } from '../heap/state';
import { Op } from '../gen/opcodes';
import { printAst } from '../print/ast';
import {
  FLAG_FORCE_STRING,
  FLAG_OPERATOR,
  FLAG_REC,
  FORMAL_WORDS,
  FS_COUNT,
  FS_ELLIPSIS,
  FS_ITEMS,
  N_A,
  N_B,
  N_C,
  N_D,
  N_E,
  Node,
  nodeFlags,
  nodeKind,
  nodePos,
} from '../syntax/ast';
import { arenaAlloc } from '../syntax/arena';
import { KIND_FLOAT, KIND_INT, KIND_PATH, KIND_STRING } from '../value/kinds';
import { EMPTY_LIST, EMPTY_STRING, emptyAttrs, isSmall, tag } from '../value/layout';
import { symbolOf } from '../value/symbols';
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
  wordAt as wordOf,
  workReset,
} from './emit';
import {
  FN_ARG,
  FN_CODE,
  FN_DOC,
  FN_ELLIPSIS,
  FN_FLAGS,
  FN_FORMALS,
  FN_FORMAL_COUNT,
  FN_HAS_ARG,
  FN_HAS_FORMALS,
  FN_INNER,
  FN_NAME,
  FN_POS,
  FN_ROOT,
  FN_SLOTS,
  functionAlloc,
} from './functions';
import {
  FR_BODY,
  FR_SLOTS,
  Found,
  SC_FRAME,
  SC_OUTER,
  SC_WITH,
  SC_WITH_POS,
  foundLevel,
  foundReady,
  foundSlot,
  foundWiths,
  frameDistance,
  frameNew,
  frameNumber,
  frameTake,
  globalValue,
  scopeFind,
  scopeNew,
  scopeReady,
  scopeRecord,
  scopeWith,
} from './scope';
import { NumberSetting, settingNumber } from '../settings';
import { compileAttrs, compileLet } from './sets';

const BODY: usize = ST_COMPILE + 80; // number of the body being compiled
const DEPTH: usize = ST_COMPILE + 84; // strict nesting
const UNDEFINED_POS: usize = ST_COMPILE + 88; // the first undefined variable of the source
const UNDEFINED_SYM: usize = ST_COMPILE + 92;
const TEXT: usize = ST_COMPILE + 96; // Buf for assertion texts
const SYM_SUB: usize = ST_COMPILE + 112;
const SYM_MUL: usize = ST_COMPILE + 116;
const SYM_DIV: usize = ST_COMPILE + 120;
const SYM_LESS: usize = ST_COMPILE + 124;

/** Deeper strict nesting goes through thunks of its own, so that the compiler's own recursion is bounded. */
const DEPTH_MAX: u32 = 600;

export const COERCE_MORE: u32 = 1;
export const COERCE_COPY: u32 = 2;
export const COERCE_CANON: u32 = 4;

/**
 * Compiles a file or expression. `scope` and `frame` are 0, or those of a repl or scopedImport. Returns the function record of a
 * function without argument whose body it is, or 0: then an undefined variable was found (undefinedPos, undefinedSymbol).
 */
export function compileRoot(node: usize, scope: usize, frame: usize, pos: u32): usize {
  workReset();
  store<u32>(UNDEFINED_POS, 0);
  if (!load<u32>(SYM_SUB)) {
    store<u32>(SYM_SUB, symbolOf('__sub'));
    store<u32>(SYM_MUL, symbolOf('__mul'));
    store<u32>(SYM_DIV, symbolOf('__div'));
    store<u32>(SYM_LESS, symbolOf('__lessThan'));
  }
  const fn = functionAlloc();
  store<u32>(fn, pos, FN_POS);
  store<u32>(fn, FN_ROOT, FN_FLAGS);
  workPush(node, scope, frame, fn, 0);
  while (workLen()) compileItem(workPop());
  return load<u32>(UNDEFINED_POS) ? 0 : fn;
}
export function undefinedPos(): u32 {
  return load<u32>(UNDEFINED_POS);
}
export function undefinedSymbol(): u32 {
  return load<u32>(UNDEFINED_SYM);
}
export function currentBody(): u32 {
  return load<u32>(BODY);
}

function compileItem(item: usize): void {
  const node = <usize>load<u32>(item);
  const scope = <usize>load<u32>(item, 4);
  const frame = <usize>load<u32>(item, 8);
  const fn = <usize>load<u32>(item, 12);
  const patch = <usize>load<u32>(item, 16);
  store<u32>(BODY, load<u32>(BODY) + 1);
  store<u32>(DEPTH, 0);
  const mark = workLen();
  bodyBegin();
  if (fn) {
    functionBody(fn, node, scope, frame);
    store<u32>(fn, <u32>bodyEnd(mark), FN_CODE);
  } else {
    strict(node, scope, frame, true);
    emit(Op.RetThunk, 0);
    markScope(0, scope, frame);
    store<u32>(patch, <u32>bodyEnd(mark));
  }
}

/** A function's body, or (node is not its Lambda) the body of a root. */
function functionBody(fn: usize, node: usize, outer: usize, outerFrame: usize): void {
  const frame = frameNew(outerFrame, load<u32>(BODY));
  let scope = outer;
  let body = node;
  const flags = load<u32>(fn, FN_FLAGS);
  if (nodeKind(node) == Node.Lambda && isLambda(fn)) {
    body = <usize>load<u32>(node, N_C);
    let arg: u32 = 0;
    if (flags & FN_HAS_ARG || !(flags & FN_HAS_FORMALS)) {
      scope = scopeNew(scope, frame, node + N_A, 1, frameTake(frame, 1), 4);
      scopeReady(scope, 1);
      arg = 1;
    }
    if (flags & FN_HAS_FORMALS) scope = formalsPrologue(fn, <usize>load<u32>(node, N_B), scope, frame, arg);
    else if (nodeKind(body) == Node.Lambda) {
      const inner = functionMake(body, scope, frame);
      store<u32>(fn, <u32>inner, FN_INNER);
      emit2(Op.Lambda, 0, <u32>inner);
      emit(Op.Ret, 0);
      store<u32>(fn, load<u32>(frame, FR_SLOTS), FN_SLOTS);
      return;
    }
  }
  if (flags & FN_ROOT) emit(Op.LevelDown, 0);
  strict(body, scope, frame, true);
  if (flags & FN_ROOT) emit(Op.LevelUp, 0);
  emit(Op.Ret, 0);
  markScope(0, scope, frame);
  // the argument is put into slot 0, wherever it goes from there
  store<u32>(fn, max<u32>(load<u32>(frame, FR_SLOTS), 1), FN_SLOTS);
}
/** For the debugger: what is in scope in the code since `start`. Ranges inside of it have been marked before. */
export function markScope(start: u32, scope: usize, frame: usize): void {
  if (!settingNumber(NumberSetting.Debugger)) return;
  const place = permAlloc(8);
  store<u32>(place, <u32>scopeRecord(scope));
  store<u32>(place, frameNumber(frame), 4);
  rangeAdd(start, <u32>place, Range.Scope);
}
/** A root's record has no argument and no formals; a lambda's has one of both. */
function isLambda(fn: usize): bool {
  return load<u32>(fn, FN_ARG) != 0 || (load<u32>(fn, FN_FLAGS) & FN_HAS_FORMALS) != 0;
}

function formalsPrologue(fn: usize, formals: usize, outer: usize, frame: usize, first: u32): usize {
  const items = <usize>load<u32>(formals, FS_ITEMS);
  const n = load<u32>(formals, FS_COUNT);
  const slot = frameTake(frame, n);
  // without a name the argument itself takes no slot at run time: Formals keeps it on the stack
  const scope = scopeNew(outer, frame, items, n, slot, FORMAL_WORDS * 4);
  emit(Op.Formals, first);
  emitWord(<u32>fn);
  emit(Op.Back, 0);
  for (let i: u32 = 0; i < n; i++) {
    const def = <usize>load<u32>(items + <usize>(i * FORMAL_WORDS * 4), 8);
    if (!def) continue;
    scopeReady(scope, i);
    emit2(Op.Default, slot + i, 0);
    const jump = here() - 4;
    lazy(def, scope, frame);
    emit(Op.Set, slot + i);
    patchJump(jump);
  }
  scopeReady(scope, n);
  return scope;
}

/** The record of a lambda; its body is put on the work list. */
export function functionMake(node: usize, scope: usize, frame: usize): usize {
  const fn = functionAlloc();
  const arg = load<u32>(node, N_A);
  const formals = <usize>load<u32>(node, N_B);
  store<u32>(fn, arg, FN_ARG);
  store<u32>(fn, load<u32>(node, N_D), FN_NAME);
  store<u32>(fn, nodePos(node), FN_POS);
  store<u32>(fn, load<u32>(node, N_E), FN_DOC);
  if (formals) {
    const n = load<u32>(formals, FS_COUNT);
    const items = <usize>load<u32>(formals, FS_ITEMS);
    const table = permAlloc(<usize>n * 12);
    for (let i: u32 = 0; i < n; i++) {
      const from = items + <usize>(i * FORMAL_WORDS * 4);
      const to = table + <usize>(i * 12);
      store<u64>(to, load<u64>(from));
      store<u32>(to, u32(load<u32>(from, 8) != 0), 8);
    }
    store<u32>(fn, <u32>table, FN_FORMALS);
    store<u32>(fn, n, FN_FORMAL_COUNT);
    store<u32>(fn, FN_HAS_FORMALS | (load<u32>(formals, FS_ELLIPSIS) ? FN_ELLIPSIS : 0) | (arg ? FN_HAS_ARG : 0), FN_FLAGS);
  }
  workPush(node, scope, frame, fn, 0);
  return fn;
}

// ---- constants

function permText(kind: u32, ptr: usize, len: u32): usize {
  const bytes = 12 + ((<usize>len + 3) & ~3);
  const p = permAlloc(bytes);
  store<u32>(p, kind | ((<u32>(bytes >>> 2)) << 8));
  store<u32>(p, len, 4);
  store<u32>(p, 0, 8);
  memory.copy(p + 12, ptr, len);
  return p;
}
function permNumber(kind: u32, bits: u64): usize {
  const p = permAlloc(12);
  store<u32>(p, kind | (3 << 8));
  store<u64>(p, bits, 4);
  return p;
}
/** The constant that a node stands for, or 0. */
export function constantOf(node: usize): usize {
  switch (nodeKind(node)) {
    case Node.Int: {
      const n = load<i64>(node, N_A);
      const small = <i32>n;
      if (<i64>small == n && (small << 1) >> 1 == small) return tag(small);
      return permNumber(KIND_INT, <u64>n);
    }
    case Node.Float:
      return permNumber(KIND_FLOAT, load<u64>(node, N_A));
    case Node.String: {
      const len = load<u32>(node, N_B);
      return len ? permText(KIND_STRING, <usize>load<u32>(node, N_A), len) : EMPTY_STRING;
    }
    case Node.Path:
      return permText(KIND_PATH, <usize>load<u32>(node, N_A), load<u32>(node, N_B));
    default:
      return 0;
  }
}

// ---- variables

function emitSlot(level: u32, slot: u32): void {
  if (!level) emit(Op.Slot0, slot);
  else if (level < 256 && slot < 65536) emit(Op.Slot, level | (slot << 8));
  else emit2(Op.SlotW, level, slot);
}
function emitVar(level: u32, slot: u32, pos: u32): void {
  if (!level) emit2(Op.Var0, slot, pos);
  else if (level == 1) emit2(Op.Var1, slot, pos);
  else if (level < 256 && slot < 65536) emit2(Op.Var, level | (slot << 8), pos);
  else {
    emit2(Op.SlotW, level, slot);
    emit2(Op.Force, 0, pos);
  }
}
/** The record of the `with` scopes around: | position | number | level, slot, position … |, innermost first. */
function withRecord(scope: usize, frame: usize, n: u32, pos: u32): usize {
  const r = permAlloc(8 + <usize>n * 12);
  store<u32>(r, pos);
  store<u32>(r, n, 4);
  let i: u32 = 0;
  for (let s = scope; s; s = <usize>load<u32>(s, SC_OUTER)) {
    const slot = load<u32>(s, SC_WITH);
    if (!slot) continue;
    const at = r + 8 + <usize>i * 12;
    store<u32>(at, frameDistance(frame, <usize>load<u32>(s, SC_FRAME)));
    store<u32>(at, slot - 1, 4);
    store<u32>(at, load<u32>(s, SC_WITH_POS), 8);
    i++;
  }
  return r;
}
function strictVar(node: usize, scope: usize, frame: usize): void {
  const sym = load<u32>(node, N_A);
  const pos = nodePos(node);
  const found = scopeFind(scope, frame, sym);
  if (found == Found.Slot) return emitVar(foundLevel(), foundSlot(), pos);
  const global = globalValue(sym);
  if (global) {
    emit2(Op.Const, 0, <u32>global);
    // `builtins` and such may be suspended; primops and constants are not
    if (!isSmall(global) && (load<u8>(global) & 0x30) == 0) emit2(Op.Force, 0, pos);
    return;
  }
  if (found == Found.With) {
    emit2(Op.WithVar, sym, <u32>withRecord(scope, frame, foundWiths(), pos));
    emit(Op.Back, 0);
    emit2(Op.Force, 0, pos);
    return;
  }
  if (!load<u32>(UNDEFINED_POS) || pos < load<u32>(UNDEFINED_POS)) {
    store<u32>(UNDEFINED_POS, pos);
    store<u32>(UNDEFINED_SYM, sym);
  }
  emit2(Op.Undefined, sym, pos);
}

// ---- lazy

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

// ---- strict

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

function strictLogic(a: usize, b: usize, pos: u32, scope: usize, frame: usize, op: Op, left: Range, right: Range): void {
  const start = here();
  strict(a, scope, frame, false);
  emit2(op, 0, pos);
  emitWord(0);
  rangeAdd(start, pos, left);
  const jump = here() - 4;
  const second = here();
  strict(b, scope, frame, false);
  emit2(Op.CheckBool, 0, pos);
  rangeAdd(second, pos, right);
  patchJump(jump);
}

/** An operand of `//`; one that is an update itself has told its own operands apart already. */
function strictAttrsOperand(node: usize, scope: usize, frame: usize, kind: Range): void {
  if (nodeKind(node) == Node.Update) return strict(node, scope, frame, false);
  const start = here();
  strict(node, scope, frame, false);
  if (nodeKind(node) != Node.Attrs) emit2(Op.CheckAttrs, 0, 0);
  rangeAdd(start, nodePos(node), kind);
}

function strictCall(node: usize, scope: usize, frame: usize): void {
  const fn = <usize>load<u32>(node, N_A);
  const args = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const pos = nodePos(node);
  // told calls are calls: operators, too
  if (nodeFlags(node) & FLAG_OPERATOR && n == 2 && nodeKind(fn) == Node.Var && !settingNumber(NumberSetting.CallEvents)) {
    const op = operatorOf(load<u32>(fn, N_A), scope, frame);
    if (op != Op.Halt) {
      const kind = op == Op.Sub ? Range.Sub : op == Op.Mul ? Range.Mul : op == Op.Div ? Range.Div : Range.Less;
      const left = <usize>load<u32>(args);
      const right = <usize>load<u32>(args, 4);
      // what cannot run code needs no level
      const level = !isReady(left) || !isReady(right);
      if (level) emit2(Op.Enter, 0, pos);
      const start = here();
      strictArgument(left, scope, frame);
      strictArgument(right, scope, frame);
      if (level) {
        rangeAdd(start, 0, Range.Level);
        emit(Op.LevelDown, 0);
      }
      emit2(op, 0, pos);
      rangeAdd(start, pos, kind);
      return;
    }
  }
  for (let i = n; i > 0; i--) lazy(<usize>load<u32>(args + ((<usize>(i - 1)) << 2)), scope, frame);
  strict(fn, scope, frame, false);
  for (let i = n; i > 0; i--) emit2(Op.Call, i, pos);
}
function isReady(node: usize): bool {
  const kind = nodeKind(node);
  return kind == Node.Var || kind == Node.Int || kind == Node.Float || kind == Node.String || kind == Node.Path;
}
/** An argument that Nix passes to a builtin: a variable is forced there, for no position. */
function strictArgument(node: usize, scope: usize, frame: usize): void {
  if (nodeKind(node) == Node.Var && scopeFind(scope, frame, load<u32>(node, N_A)) == Found.Slot && foundReady())
    emitVar(foundLevel(), foundSlot(), 0);
  else strict(node, scope, frame, false);
}
/** The instruction of `-`, `*`, `/`, `<` where the builtin behind it is not shadowed, or Halt. */
function operatorOf(sym: u32, scope: usize, frame: usize): Op {
  let op = Op.Halt;
  if (sym == load<u32>(SYM_SUB)) op = Op.Sub;
  else if (sym == load<u32>(SYM_MUL)) op = Op.Mul;
  else if (sym == load<u32>(SYM_DIV)) op = Op.Div;
  else if (sym == load<u32>(SYM_LESS)) op = Op.Less;
  if (op != Op.Halt && scopeFind(scope, frame, sym) == Found.Slot) return Op.Halt;
  return op;
}

// ---- attribute paths: arrays of | symbol | 0 | or | 0 | expression |

/**
 * A record | position | path length | computed names | symbol (0: computed), position and text of a computed name … |, for the trace line
 * of a selection and for its instructions. `texts`: whether the text of computed names may be asked for.
 */
function pathRecord(path: usize, n: u32, pos: u32, texts: bool): usize {
  const r = permAlloc(12 + <usize>n * 12);
  store<u32>(r, pos);
  store<u32>(r, n, 4);
  store<u32>(r, computedNames(path, n), 8);
  for (let i: u32 = 0; i < n; i++) {
    const at = r + 12 + <usize>i * 12;
    const sym = load<u32>(path + ((<usize>i) << 3));
    const expr = <usize>load<u32>(path + ((<usize>i) << 3), 4);
    store<u32>(at, sym);
    store<u32>(at, sym ? 0 : nodePos(expr), 4);
    store<u32>(at, sym || !texts ? 0 : <u32>exprText(expr), 8);
  }
  return r;
}
function computedNames(path: usize, n: u32): u32 {
  let k: u32 = 0;
  for (let i: u32 = 0; i < n; i++) k += u32(!load<u32>(path + ((<usize>i) << 3)));
  return k;
}
/** An expression's text, as a permanent string. */
function exprText(expr: usize): usize {
  bufReset(TEXT);
  printAst(expr, TEXT);
  return permText(KIND_STRING, bufData(TEXT), bufLen(TEXT));
}
function strictName(expr: usize, scope: usize, frame: usize): void {
  strict(expr, scope, frame, false);
  emit2(Op.AttrName, 0, nodePos(expr));
}

function strictSelect(node: usize, scope: usize, frame: usize): void {
  const path = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const def = <usize>load<u32>(node, N_D);
  const pos = nodePos(node);
  strict(<usize>load<u32>(node, N_A), scope, frame, false);
  if (n == 1) return def ? selectOneOr(path, def, pos, scope, frame) : selectOne(path, pos, scope, frame);
  if (def || computedNames(path, n)) return selectPath(path, n, def, pos, scope, frame);
  const record = <u32>pathRecord(path, n, pos, false);
  for (let i: u32 = 0; i < n; i++)
    emit2(!i ? Op.SelectFirst : i == n - 1 ? Op.SelectLast : Op.SelectPath, load<u32>(path + ((<usize>i) << 3)), record);
}
function selectOne(path: usize, pos: u32, scope: usize, frame: usize): void {
  const sym = load<u32>(path);
  if (sym) {
    emit2(Op.Select, sym, pos);
    return;
  }
  strictName(<usize>load<u32>(path, 4), scope, frame);
  emit2(Op.SelectDyn, 0, <u32>pathRecord(path, 1, pos, false));
  emit(Op.Nip, 1);
}
function selectOneOr(path: usize, def: usize, pos: u32, scope: usize, frame: usize): void {
  const sym = load<u32>(path);
  if (sym) emit2(Op.SelectOr, sym, 0);
  else {
    strictName(<usize>load<u32>(path, 4), scope, frame);
    emit2(Op.SelectDynOr, 0, 0);
  }
  const toDefault = here() - 4;
  emit2(Op.ForceAttr, 0, <u32>pathRecord(path, 1, pos, false));
  if (!sym) emit(Op.Nip, 1);
  emit(Op.Jump, 0);
  const toEnd = here() - 4;
  patchJump(toDefault);
  strict(def, scope, frame, false);
  patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
}

// What PathForce forces: a set on the way, the attribute at the end, a computed name, the default.
export const PATH_SET: u32 = 0;
export const PATH_END: u32 = 1;
export const PATH_NAME: u32 = 2;
export const PATH_DEFAULT: u32 = 3;

/** A longer path with computed names or a default. What fails on the way is told with the position of the attribute before it. */
function selectPath(path: usize, n: u32, def: usize, pos: u32, scope: usize, frame: usize): void {
  const record = <u32>pathRecord(path, n, pos, true);
  const names = computedNames(path, n);
  emit(Op.PathOpen, names);
  let chain: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    if (!load<u32>(path + ((<usize>i) << 3))) {
      pathForce(<usize>load<u32>(path + ((<usize>i) << 3), 4), path, n, PATH_NAME, scope, frame);
      emit2(Op.PathName, i, record);
    }
    if (i) emit2(Op.PathForce, PATH_SET, record);
    if (!def) {
      emit2(Op.PathSelect, i, record);
      continue;
    }
    // jumps to the default are chained through their own words until its place is known
    emit2(Op.PathSelectOr, i, record);
    emitWord(chain);
    chain = here() - 4;
  }
  emit2(Op.PathForce, PATH_END, record);
  if (def) {
    emit(Op.Jump, 0);
    const toEnd = here() - 4;
    patchChain(chain);
    pathForce(def, path, n, PATH_DEFAULT, scope, frame);
    patchWord(toEnd, (<u32>Op.Jump) | (((here() - toEnd - 4) >>> 2) << 8));
  }
  emit(Op.PathClose, names);
}
/** A computed name or default, suspended first so that the path's room is found from where it fails. */
function pathForce(expr: usize, path: usize, n: u32, what: u32, scope: usize, frame: usize): void {
  lazy(expr, scope, frame);
  emit2(Op.PathForce, what, <u32>pathRecord(path, n, nodePos(expr), true));
}
function patchChain(at: u32): void {
  while (at) {
    const next = wordOf(at);
    patchJump(at);
    at = next;
  }
}

function strictHas(node: usize, scope: usize, frame: usize): void {
  const path = <usize>load<u32>(node, N_B);
  const n = load<u32>(node, N_C);
  const pos = nodePos(node);
  strict(<usize>load<u32>(node, N_A), scope, frame, false);
  let chain: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const sym = load<u32>(path + ((<usize>i) << 3));
    const last = i == n - 1;
    if (!sym) strictName(<usize>load<u32>(path + ((<usize>i) << 3), 4), scope, frame);
    if (last) {
      emit(sym ? Op.Has : Op.HasDyn, sym);
      break;
    }
    emit2(sym ? Op.HasStep : Op.HasDynStep, sym, chain);
    chain = here() - 4;
    emit2(Op.Force, 0, pos);
  }
  patchChain(chain);
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

// ---- strings

function strictConcat(node: usize, scope: usize, frame: usize): void {
  const items = <usize>load<u32>(node, N_A);
  const n = load<u32>(node, N_B);
  const pos = nodePos(node);
  if (n > 1000) emit(Op.NeedStack, (n >>> 10) + 1);
  if (nodeFlags(node) & FLAG_FORCE_STRING) {
    for (let i: u32 = 0; i < n; i++) concatItem(items + ((<usize>i) << 3), scope, frame, COERCE_COPY | COERCE_CANON);
    emit2(Op.Concat, n, pos);
    return;
  }
  const first = <usize>load<u32>(items, 4);
  strict(first, scope, frame, false);
  if (n == 2 && nodeKind(first) != Node.Path) {
    emit2(Op.AddLeft, 0, load<u32>(items));
    strict(<usize>load<u32>(items, 12), scope, frame, false);
    emit2(Op.Add, 0, load<u32>(items, 8));
    return;
  }
  // a path with interpolations, or a path literal and one operand
  for (let i: u32 = 1; i < n; i++) concatItem(items + ((<usize>i) << 3), scope, frame, COERCE_CANON);
  emit2(Op.ConcatPath, n, pos);
}
function concatItem(item: usize, scope: usize, frame: usize, flags: u32): void {
  const node = <usize>load<u32>(item, 4);
  strict(node, scope, frame, false);
  if (nodeKind(node) != Node.String) emit2(Op.Coerce, flags, load<u32>(item));
}

// ---- environments

const OPENED: usize = ST_COMPILE + 128;

/**
 * Makes sure that the innermost environment belongs to this body, so that it can be given more slots. Returns the address of the NewEnv
 * instruction + 1 where one was needed, or 0; the frame is `openedFrame()`.
 */
export function openFrame(frame: usize): u32 {
  if (frame && load<u32>(frame, FR_BODY) == load<u32>(BODY)) {
    store<u32>(OPENED, <u32>frame);
    return 0;
  }
  const at = here();
  emit(Op.NewEnv, 0);
  store<u32>(OPENED, <u32>frameNew(frame, load<u32>(BODY)));
  return at + 1;
}
export function openedFrame(): usize {
  return <usize>load<u32>(OPENED);
}
export function closeFrame(opened: u32, frame: usize, tail: bool): void {
  if (!opened) return;
  patchWord(opened - 1, (<u32>Op.NewEnv) | (load<u32>(frame, FR_SLOTS) << 8));
  if (!tail) emit(Op.PopEnv, 0);
}
