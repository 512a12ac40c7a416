/**
 * Coercion to strings and paths: Nix's coerceToString and coerceToPath as procedures.
 */
import { Proc } from '../gen/builtins';
import { COERCE_CANON, COERCE_COPY, COERCE_MORE } from '../compile/coercion';
import { Err, addTrace, addTraceLit, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { msgArgValue, msgShowType } from '../diag/check';
import { BUF_BYTES, bufByte, bufBytes, bufData, bufLen, bufReset, bufI64 } from '../heap/text';
import { KIND_ATTRS, KIND_BOOL, KIND_CELLS, KIND_FLOAT, KIND_INT, KIND_LIST, KIND_NULL, KIND_PATH, KIND_STRING } from '../value/kinds';
import {
  EMPTY_STRING,
  TRUE,
  allocString,
  cell,
  deref,
  floatValue,
  intValue,
  isValue,
  kindOf,
  listGet,
  listLen,
  mkLiteral,
  mkString,
  strBytes,
  strContext,
  strLen,
  tag,
  untag,
} from '../value/layout';
import { contextUnion } from '../value/context';
import { attrsGet } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { formatFloatF } from '../value/numbers';
import {
  Act,
  STATE_ERROR,
  acc,
  call1,
  callProc,
  done,
  force,
  setSlot,
  setSlotInt,
  slot,
  slotInt,
  stateOf,
  traceOff,
  traceOn,
} from './native';
import { joinTwo } from './operators';
import { copyKnown, copyRequest, copyTake } from './copy';

const SYMS: usize = memory.data(8);
export function symToString(): u32 {
  if (!load<u32>(SYMS)) {
    store<u32>(SYMS, symbolOf('__toString'));
    store<u32>(SYMS, symbolOf('outPath'), 4);
  }
  return load<u32>(SYMS);
}

const DIGITS: usize = memory.data(512);
const NUMBER: usize = memory.data(12);

/** Slots 2 and 3: the trace literal of "cannot coerce" and its position. */
function traceContext(f: usize): void {
  const literal = untag(slot(f, 2));
  if (literal) addTraceLit(<u32>untag(slot(f, 3)), changetype<string>(<usize>literal));
}

/** What a value coerces to at once, without the host: a string, or 0. */
export function coerceNow(v: usize, flags: u32): usize {
  switch (kindOf(v)) {
    case KIND_STRING:
      return v;
    case KIND_PATH:
      return flags & COERCE_COPY ? copyKnown(v) : mkString(strBytes(v), strLen(v), 0);
    case KIND_INT:
      if (!(flags & COERCE_MORE)) return 0;
      bufReset(NUMBER);
      bufI64(NUMBER, intValue(v));
      return mkString(bufData(NUMBER), bufLen(NUMBER), 0);
    case KIND_FLOAT:
      return flags & COERCE_MORE ? mkString(DIGITS, formatFloatF(floatValue(v), DIGITS), 0) : 0;
    case KIND_BOOL:
      return flags & COERCE_MORE ? (v == TRUE ? mkLiteral('1') : EMPTY_STRING) : 0;
    case KIND_NULL:
      return flags & COERCE_MORE ? EMPTY_STRING : 0;
    default:
      return 0;
  }
}

// Slots: 0 value, 1 flags, 2 trace literal, 3 its position, 4 index, 5 text so far (string), 6 blank before the next
const START: i32 = 0;
const COPIED: i32 = 1;
const TO_STRING: i32 = 2;
const RESULT: i32 = 3;
const ELEMENT: i32 = 4;
const ELEMENT_TEXT: i32 = 5;
const OUT_PATH: i32 = 6;

export function proc_coerceToString(f: usize): i32 {
  const flags = <u32>slotInt(f, 1);
  switch (stateOf(f)) {
    case START: {
      const v = deref(slot(f, 0));
      if (!isValue(v)) {
        setSlot(f, 0, v);
        return force(f, v, START);
      }
      setSlot(f, 0, v);
      const now = coerceNow(v, flags);
      if (now) return done(now);
      const k = kindOf(v);
      if (k == KIND_PATH) return copyRequest(f, v, COPIED);
      if (k == KIND_ATTRS) return coerceAttrs(f, v, flags);
      if (k == KIND_LIST && flags & COERCE_MORE) {
        setSlot(f, 5, EMPTY_STRING);
        return elements(f, 0);
      }
      msgBegin();
      msgLit('cannot coerce ');
      msgShowType(v);
      msgLit(' to a string: ');
      msgArgValue(v);
      raise(Err.Type);
      traceContext(f);
      setSlotInt(f, 7, 1);
      return Act.Fail;
    }
    case COPIED:
      return done(copyTake(slot(f, 0)));
    case TO_STRING:
      return callProc(
        f,
        Proc.coerceToString,
        acc(),
        tag(flags & (COERCE_MORE | COERCE_COPY)),
        literalTag('while evaluating the result of the `__toString` attribute'),
        slot(f, 3),
        RESULT,
      );
    case RESULT:
      return done(acc());
    case ELEMENT:
      return elements(f, slotInt(f, 4));
    case ELEMENT_TEXT:
      appendElement(f, acc());
      return elements(f, slotInt(f, 4) + 1);
    case STATE_ERROR:
      // what fails in an element is told once more, with the list's own context
      if (slotInt(f, 7) == 2) traceContext(f);
      return Act.Fail;
    default:
      return done(acc());
  }
}
function literalTag(s: string): usize {
  return tag(<i32>changetype<usize>(s));
}
function coerceAttrs(f: usize, v: usize, flags: u32): i32 {
  const custom = attrsGet(v, symToString());
  if (custom) return call1(f, custom, v, TO_STRING);
  const out = attrsGet(v, load<u32>(SYMS, 4));
  if (out) return callProc(f, Proc.coerceToString, out, slot(f, 1), slot(f, 2), slot(f, 3), OUT_PATH);
  msgBegin();
  msgLit('cannot coerce ');
  msgShowType(v);
  msgLit(' to a string: ');
  msgArgValue(v);
  raise(Err.Type);
  traceContext(f);
  return Act.Fail;
}

/** Coerces the elements from `i` on, those that take no waiting in one go. */
function elements(f: usize, i: i32): i32 {
  const l = slot(f, 0);
  const flags = <u32>slotInt(f, 1);
  const n = <i32>listLen(l);
  setSlotInt(f, 7, 2);
  for (; i < n; i++) {
    const v = deref(listGet(l, i));
    const now = isValue(v) ? coerceNow(v, flags) : 0;
    setSlotInt(f, 4, i);
    if (!now)
      return callProc(
        f,
        Proc.coerceToString,
        v,
        tag(flags),
        literalTag('while evaluating one element of the list'),
        slot(f, 3),
        ELEMENT_TEXT,
      );
    appendElement(f, now);
  }
  return done(slot(f, 5));
}
/** Nix puts a blank behind every element but the last and empty lists. */
function appendElement(f: usize, s: usize): void {
  const l = slot(f, 0);
  const i = <u32>slotInt(f, 4);
  const element = deref(listGet(l, i));
  const blank = i + 1 < listLen(l) && (kindOf(element) != KIND_LIST || listLen(element) != 0);
  const before = slot(f, 5);
  const n = strLen(before);
  const out = allocString(n + strLen(s) + u32(blank), contextUnion(strContext(before), strContext(s)));
  memory.copy(strBytes(out), strBytes(before), n);
  memory.copy(strBytes(out) + n, strBytes(s), strLen(s));
  if (blank) store<u8>(strBytes(out) + n + strLen(s), 0x20);
  setSlot(f, 5, out);
}

/** The rest of `+`. Slots: left string or path, right, position of the right side. */
export function proc_addRight(f: usize): i32 {
  if (stateOf(f) == 0) {
    const left = slot(f, 0);
    // paths are copied to the store where the left side was a string from the start
    const flags = kindOf(left) == KIND_STRING ? COERCE_COPY | COERCE_CANON : COERCE_CANON;
    if (kindOf(left) == KIND_CELLS) setSlot(f, 0, cell(left, 0));
    return callProc(f, Proc.coerceToString, slot(f, 1), tag(flags), literalTag('while evaluating a path segment'), slot(f, 2), 1);
  }
  return done(joinTwo(slot(f, 0), acc(), <usize>load<u32>(f, 4) - 8));
}

// Slots: 0 value, 2 trace literal, 3 its position → string of an absolute path, with context
export function proc_coerceToPath(f: usize): i32 {
  switch (stateOf(f)) {
    case 0: {
      const v = deref(slot(f, 0));
      if (!isValue(v)) {
        if (untag(slot(f, 2))) traceOn(f, <u32>untag(slot(f, 3)), changetype<string>(<usize>untag(slot(f, 2))));
        return force(f, v, 1);
      }
      setSlot(f, 0, v);
      return toPath(f, v);
    }
    case 1:
      traceOff(f);
      setSlot(f, 0, acc());
      return toPath(f, acc());
    case 2:
      return callProc(f, Proc.coerceToPath, acc(), 1, slot(f, 2), slot(f, 3), 4);
    case 3: {
      const s = acc();
      if (strLen(s) && load<u8>(strBytes(s)) == 0x2f) return done(s);
      msgBegin();
      msgLit("string '");
      msgArgStr(s);
      msgLit("' doesn't represent an absolute path");
      raise(Err.Eval);
      traceContext(f);
      setSlotInt(f, 4, 1);
      return Act.Fail;
    }
    case STATE_ERROR:
      return Act.Fail;
    default:
      return done(acc());
  }
}
function toPath(f: usize, v: usize): i32 {
  const k = kindOf(v);
  if (k == KIND_PATH) return done(mkString(strBytes(v), strLen(v), 0));
  if (k == KIND_ATTRS) {
    const custom = attrsGet(v, symToString());
    if (custom) return call1(f, custom, v, 2);
  }
  return callProc(f, Proc.coerceToString, v, tag(COERCE_CANON), slot(f, 2), slot(f, 3), 3);
}
