/**
 * `toJSON`, and `Proc.toJsonText` for the command line and for structured attributes: a walk that forces as it goes, with its
 * places in a CELLS stack. Keys come in byte-wise order; a set with `outPath` stands for it.
 *
 * Slots: 0 value, 1 options (JSON_*, tagged), 2 position (tagged) |
 *        3 stack, 4 its height, 5 text, 6 context, 7 current reference, 8 its position, 9 first invalid text, 10 levels that are part
 *        of the depth while waiting, 11 level of the current value
 * A place: | set or list | next index | position | level |
 */
import { COERCE_CANON, COERCE_COPY } from '../compile/coercion';
import { msgArgValue, msgShowType } from '../diag/check';
import { Err, MSG, addTrace, addTraceLit, msgArgInt, msgBegin, msgClose, msgLit, msgOpen, raise, raiseAt } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { bufByte, bufBytes, bufI64, bufStr } from '../heap/text';
import { cellsGrow } from '../print/cells';
import { UPPER_A, bufHexByte, bufJsonFloat, bufJsonString } from '../print/json';
import { lambdaPos } from '../print/lambda';
import { bufAttributeName } from '../print/literal';
import { OUT, ST_CONVERT, depthAllows, depthEnter, depthLeave, outputBegin, outputSave, outputString } from '../print/output';
import { UTF8_CUT, UTF8_VALID, utf8Check } from '../print/utf8';
import { contextUnion } from '../value/context';
import { KIND_ATTRS, KIND_BOOL, KIND_FLOAT, KIND_INT, KIND_LAMBDA, KIND_LIST, KIND_NULL, KIND_PATH, KIND_STRING } from '../value/kinds';
import {
  TRUE,
  cell,
  deref,
  floatValue,
  intValue,
  isSmall,
  isValue,
  kindOf,
  listGet,
  listLen,
  mkCells,
  setCell,
  strBytes,
  strContext,
  strLen,
  tag,
  untag,
} from '../value/layout';
import { attrsCount, attrsPos, attrsShape, attrsSymbol, attrsValue, shapeFind, shapeNameOrder } from '../value/shapes';
import { symbolOf, symbolString } from '../value/symbols';
import { ACT_POS, Act, STATE_ERROR, acc, call1, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';

/** Suspended values are errors instead of being forced. */
export const JSON_LAZY: u32 = 1;
/** Paths are written as they are, instead of being copied to the store. */
export const JSON_NO_COPY: u32 = 2;

const enum State {
  Begin = 0,
  Forced,
  /** a path was copied */
  Copied,
  /** `__toString` was called, or the `outPath` of its result forced */
  Coerce,
}
const enum S {
  Value = 0,
  Options,
  Pos,
  Stack,
  Height,
  Text,
  Context,
  Current,
  CurrentPos,
  Invalid,
  Waiting,
  Level,
}
const PLACE: u32 = 4;

/** Symbols that every set is asked for: `__toString` and `outPath`. */
const SYM_TO_STRING: usize = ST_CONVERT;
const SYM_OUT_PATH: usize = ST_CONVERT + 4;
export function symToString(): u32 {
  if (!load<u32>(SYM_TO_STRING)) store<u32>(SYM_TO_STRING, symbolOf('__toString'));
  return load<u32>(SYM_TO_STRING);
}
export function symOutPath(): u32 {
  if (!load<u32>(SYM_OUT_PATH)) store<u32>(SYM_OUT_PATH, symbolOf('outPath'));
  return load<u32>(SYM_OUT_PATH);
}

export function builtin_toJSON(f: usize): i32 {
  return stateOf(f) ? done(acc()) : callProc(f, Proc.toJsonText, slot(f, 0), tag(0), tag(0), tag(0), 1);
}

export function proc_toJsonText(f: usize): i32 {
  outputBegin();
  depthLeave(f, S.Waiting);
  switch (stateOf(f)) {
    case State.Begin:
      setSlot(f, S.Stack, mkCells(16 * PLACE));
      setSlot(f, S.Current, slot(f, S.Value));
      setSlot(f, S.CurrentPos, slot(f, S.Pos));
      return walk(f);
    case State.Copied:
      writeString(f, acc());
      return advance(f);
    case State.Coerce:
      return coerce(f, acc());
    case STATE_ERROR:
      return failHere(f);
  }
  return walk(f);
}

/** Writes the current value and what follows, until something must be waited for. */
function walk(f: usize): i32 {
  for (;;) {
    const v = deref(slot(f, S.Current));
    if (!depthAllows(<u32>slotInt(f, S.Level), <u32>slotInt(f, S.CurrentPos))) return failHere(f);
    if (!isValue(v) && !(slotInt(f, S.Options) & JSON_LAZY)) return wait(f, force(f, v, State.Forced));
    if (kindOf(v) == KIND_ATTRS) {
      const sym = shapeFind(attrsShape(v), symToString());
      if (sym >= 0) return callToString(f, v, sym);
      const out = shapeFind(attrsShape(v), symOutPath());
      if (out >= 0) {
        setSlot(f, S.Current, attrsValue(v, out));
        setSlotInt(f, S.CurrentPos, attrsPos(v, out));
        setSlotInt(f, S.Level, slotInt(f, S.Level) + 1);
        continue;
      }
      bufByte(OUT, 0x7b);
      push(f, v);
    } else if (kindOf(v) == KIND_LIST) {
      bufByte(OUT, 0x5b);
      push(f, v);
    } else if (kindOf(v) == KIND_PATH && !(slotInt(f, S.Options) & JSON_NO_COPY)) {
      return wait(f, callProc(f, Proc.coerceToString, v, tag(COERCE_COPY | COERCE_CANON), tag(0), tag(0), State.Copied));
    } else if (!writeScalar(f, v)) return failHere(f);
    if (!next(f)) return finish(f);
  }
  return Act.Fail;
}
/** After a value that was waited for. */
function advance(f: usize): i32 {
  return next(f) ? walk(f) : finish(f);
}
/** Leaves the step with an action. */
function wait(f: usize, action: i32): i32 {
  outputSave(f, S.Text);
  depthEnter(f, S.Waiting, <u32>slotInt(f, S.Level));
  return action;
}

function push(f: usize, v: usize): void {
  const height = <u32>slotInt(f, S.Height);
  const at = height * PLACE;
  const stack = cellsGrow(slot(f, S.Stack), at + PLACE);
  setSlot(f, S.Stack, stack);
  setCell(stack, at, v);
  setCell(stack, at + 1, tag(0));
  setCell(stack, at + 2, slot(f, S.CurrentPos));
  setCell(stack, at + 3, slot(f, S.Level));
  setSlotInt(f, S.Height, height + 1);
}

/** Makes the next element current, closing what is at its end; false at the end of all. */
function next(f: usize): bool {
  const stack = slot(f, S.Stack);
  for (let height = <u32>slotInt(f, S.Height); height; height--) {
    const at = (height - 1) * PLACE;
    const v = cell(stack, at);
    const i = <u32>untag(cell(stack, at + 1));
    const isSet = kindOf(v) == KIND_ATTRS;
    setSlotInt(f, S.Height, height);
    const n = isSet ? attrsCount(v) : listLen(v);
    if (i < n) {
      if (i) bufByte(OUT, 0x2c);
      setCell(stack, at + 1, tag(i + 1));
      setSlotInt(f, S.Level, untag(cell(stack, at + 3)) + 1);
      if (isSet) beginAttribute(f, v, i);
      else {
        setSlot(f, S.Current, listGet(v, i));
        setSlot(f, S.CurrentPos, cell(stack, at + 2));
      }
      return true;
    }
    bufByte(OUT, isSet ? 0x7d : 0x5d);
  }
  setSlotInt(f, S.Height, 0);
  return false;
}
function beginAttribute(f: usize, v: usize, i: u32): void {
  const k = load<u32>(shapeNameOrder(attrsShape(v)) + ((<usize>i) << 2));
  const sym = attrsSymbol(v, k);
  writeText(f, symbolString(sym));
  bufByte(OUT, 0x3a);
  setSlot(f, S.Current, attrsValue(v, k));
  setSlotInt(f, S.CurrentPos, attrsPos(v, k));
}

/** Writes a string's bytes; what is not UTF-8 fails at the end of all, as the serialiser runs then. */
function writeText(f: usize, s: usize): void {
  if (isSmall(slot(f, S.Invalid)) && utf8Check(strBytes(s), strLen(s)) != UTF8_VALID) setSlot(f, S.Invalid, s);
  bufJsonString(OUT, strBytes(s), strLen(s));
}
function writeString(f: usize, s: usize): void {
  const c = strContext(s);
  if (c) {
    const have = slot(f, S.Context);
    setSlot(f, S.Context, contextUnion(isSmall(have) ? 0 : have, c));
  }
  writeText(f, s);
}

function writeScalar(f: usize, v: usize): bool {
  switch (kindOf(v)) {
    case KIND_STRING:
      writeString(f, v);
      return true;
    case KIND_PATH:
      writeText(f, v);
      return true;
    case KIND_INT:
      bufI64(OUT, intValue(v));
      return true;
    case KIND_FLOAT:
      bufJsonFloat(OUT, floatValue(v));
      return true;
    case KIND_BOOL:
      bufStr(OUT, v == TRUE ? 'true' : 'false');
      return true;
    case KIND_NULL:
      bufStr(OUT, 'null');
      return true;
  }
  msgBegin();
  msgLit('cannot convert ');
  msgShowType(v);
  msgLit(' to JSON');
  const own: u32 = kindOf(v) == KIND_LAMBDA ? lambdaPos(v) : 0;
  raiseAt(Err.Type, own ? own : <u32>slotInt(f, S.CurrentPos));
  return false;
}

// ---- sets with `__toString`

function callToString(f: usize, set: usize, at: i32): i32 {
  const action = call1(f, attrsValue(set, at), set, State.Coerce);
  store<u32>(ACT_POS, <u32>slotInt(f, S.CurrentPos));
  return wait(f, action);
}

/** What `__toString` returned must be a string, a path, or a set that stands for one. */
function coerce(f: usize, v: usize): i32 {
  const kind = kindOf(v);
  if (kind == KIND_STRING || kind == KIND_PATH) {
    if (kind == KIND_STRING) writeString(f, v);
    else writeText(f, v);
    return advance(f);
  }
  if (kind == KIND_ATTRS) {
    const sym = shapeFind(attrsShape(v), symToString());
    if (sym >= 0) return callToString(f, v, sym);
    const out = shapeFind(attrsShape(v), symOutPath());
    if (out >= 0) return wait(f, force(f, attrsValue(v, out), State.Coerce));
  }
  msgBegin();
  msgLit('cannot coerce ');
  msgShowType(v);
  msgLit(' to a string: ');
  msgArgValue(v);
  raise(Err.Type);
  addTraceLit(<u32>slotInt(f, S.CurrentPos), 'while evaluating the result of the `__toString` attribute');
  return failHere(f);
}

// ---- ends

/** Adds the trace lines of the places where the error in flight was met, innermost first, and fails. */
function failHere(f: usize): i32 {
  const stack = slot(f, S.Stack);
  for (let height = <u32>slotInt(f, S.Height); height; height--) {
    const at = (height - 1) * PLACE;
    const v = cell(stack, at);
    const i = <u32>untag(cell(stack, at + 1)) - 1;
    msgBegin();
    if (kindOf(v) == KIND_ATTRS) {
      const k = load<u32>(shapeNameOrder(attrsShape(v)) + ((<usize>i) << 2));
      msgLit("while evaluating attribute '");
      msgOpen();
      bufAttributeName(MSG, attrsSymbol(v, k));
      msgClose();
      msgLit("'");
      addTrace(attrsPos(v, k));
    } else {
      msgLit('while evaluating list element at index ');
      msgArgInt(i);
      addTrace(<u32>untag(cell(stack, at + 2)));
    }
  }
  setSlotInt(f, S.Height, 0);
  return Act.Fail;
}

function finish(f: usize): i32 {
  const invalid = slot(f, S.Invalid);
  if (!isSmall(invalid)) {
    failUtf8(invalid);
    return Act.Fail;
  }
  const context = slot(f, S.Context);
  return done(outputString(f, S.Text, isSmall(context) ? 0 : context));
}
function failUtf8(s: usize): void {
  const at = utf8Check(strBytes(s), strLen(s));
  msgBegin();
  msgLit('JSON serialization error: \x0e[json.exception.type_error.316] ');
  if (at == UTF8_CUT) {
    msgLit('incomplete UTF-8 string; last byte: 0x');
    bufHexByte(MSG, <u32>load<u8>(strBytes(s) + strLen(s) - 1), UPPER_A);
  } else {
    msgLit('invalid UTF-8 byte at index ');
    bufI64(MSG, at);
    msgLit(': 0x');
    bufHexByte(MSG, <u32>load<u8>(strBytes(s) + at), UPPER_A);
  }
  msgLit('\x0f');
  raise(Err.Format);
}
