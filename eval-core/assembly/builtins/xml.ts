/**
 * `toXML`, and `Proc.toXmlText` for the command line.
 *
 * Slots: 0 value, 1 options (XML_*, tagged), 2 position (tagged) |
 *        3 stack, 4 its height, 5 text, 6 context, 7 current reference, 8 its position, 9 level, 10 derivations seen, 11 their number,
 *        12 levels that are part of the depth while waiting
 * A place: | set or list | next index | kind of place |
 */
import { Proc } from '../gen/builtins';
import { bufI64, bufLen, bufReserve, bufSetLen, bufStr, bytesAre } from '../heap/text';
import { cellsGrow, seenAdd, seenNew, seenRoom } from '../print/cells';
import { lambdaArgument, lambdaFormal, lambdaFormalCount, lambdaHasEllipsis, lambdaHasFormals, lambdaPos } from '../print/lambda';
import { OUT, depthAllows, depthEnter, depthLeave, outputBegin, outputSave, outputString } from '../print/output';
import {
  bufXmlAttr,
  bufXmlBegin,
  bufXmlClose,
  bufXmlEmpty,
  bufXmlEmptyEnd,
  bufXmlHeader,
  bufXmlOpen,
  bufXmlOpenEnd,
  bufXmlPath,
  bufXmlPlace,
  bufXmlQuote,
  bufXmlString,
  bufXmlSymbol,
} from '../print/xml';
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
import { formatFloatG } from '../value/numbers';
import { attrsCount, attrsGet, attrsPos, attrsShape, attrsSymbol, attrsValue, shapeNameOrder } from '../value/shapes';
import { symbolCompare, symbolIntern, symbolOf, symbolString } from '../value/symbols';
import { Act, STATE_ERROR, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';

/** Suspended values are written as `<unevaluated />` instead of being forced. */
export const XML_LAZY: u32 = 1;
/** Attributes and functions have the place of their definition. */
export const XML_LOCATIONS: u32 = 2;

const enum State {
  Begin = 0,
  /** the current value was forced */
  Value,
  /** the `type`, `drvPath` or `outPath` of the current set was forced */
  Type,
  DrvPath,
  OutPath,
}
const enum S {
  Root = 0,
  Options,
  Pos,
  Stack,
  Height,
  Text,
  Context,
  Current,
  CurrentPos,
  Level,
  Seen,
  SeenCount,
  Waiting,
}
const enum Place {
  List = 0,
  Attrs,
  Derivation,
}
const PLACE: u32 = 3;

export function builtin_toXML(f: usize): i32 {
  return stateOf(f) ? done(acc()) : callProc(f, Proc.toXmlText, slot(f, 0), tag(0), tag(0), tag(0), 1);
}

export function proc_toXmlText(f: usize): i32 {
  outputBegin();
  depthLeave(f, S.Waiting);
  let state = stateOf(f);
  if (state == STATE_ERROR) return Act.Fail;
  if (state == State.Begin) {
    setSlot(f, S.Stack, mkCells(16 * PLACE));
    setSlot(f, S.Seen, seenNew());
    setSlot(f, S.Current, slot(f, S.Root));
    setSlot(f, S.CurrentPos, slot(f, S.Pos));
    setSlotInt(f, S.Level, 1);
    bufXmlHeader(OUT);
    bufXmlOpen(OUT, 0, 'expr');
    state = State.Value;
  }
  for (;;) {
    const action = state == State.Value ? value(f) : set(f, state);
    if (action != Act.Again) {
      if (action != Act.Fail) {
        outputSave(f, S.Text);
        depthEnter(f, S.Waiting, <u32>slotInt(f, S.Height));
      }
      return action;
    }
    if (!next(f)) break;
    state = State.Value;
  }
  bufXmlClose(OUT, 0, 'expr');
  const context = slot(f, S.Context);
  return done(outputString(f, S.Text, isSmall(context) ? 0 : context));
}

// @ts-ignore: decorator
@inline
function level(f: usize): u32 {
  return <u32>slotInt(f, S.Level);
}
// @ts-ignore: decorator
@inline
function has(f: usize, option: u32): bool {
  return ((<u32>slotInt(f, S.Options)) & option) != 0;
}

/** Writes the current value, or begins to; Act.Again once that is done. */
function value(f: usize): i32 {
  const v = deref(slot(f, S.Current));
  if (!depthAllows(<u32>slotInt(f, S.Height), <u32>slotInt(f, S.CurrentPos))) return Act.Fail;
  if (!isValue(v)) {
    if (!has(f, XML_LAZY)) return force(f, v, State.Value);
    bufXmlEmpty(OUT, level(f), 'unevaluated');
    return Act.Again;
  }
  switch (kindOf(v)) {
    case KIND_ATTRS:
      return set(f, State.Type);
    case KIND_LIST:
      bufXmlOpen(OUT, level(f), 'list');
      return push(f, v, Place.List);
    case KIND_LAMBDA:
      writeLambda(f, v);
      return Act.Again;
  }
  writeScalar(f, v);
  return Act.Again;
}

function writeScalar(f: usize, v: usize): void {
  switch (kindOf(v)) {
    case KIND_STRING:
      if (strContext(v)) {
        const have = slot(f, S.Context);
        setSlot(f, S.Context, contextUnion(isSmall(have) ? 0 : have, strContext(v)));
      }
      bufXmlBegin(OUT, level(f), 'string');
      bufXmlString(OUT, 'value', v);
      break;
    case KIND_PATH:
      bufXmlBegin(OUT, level(f), 'path');
      bufXmlString(OUT, 'value', v);
      break;
    case KIND_INT:
      bufXmlBegin(OUT, level(f), 'int');
      bufXmlAttr(OUT, 'value');
      bufI64(OUT, intValue(v));
      bufXmlQuote(OUT);
      break;
    case KIND_FLOAT:
      bufXmlBegin(OUT, level(f), 'float');
      bufXmlAttr(OUT, 'value');
      bufSetLen(OUT, bufLen(OUT) + formatFloatG(floatValue(v), bufReserve(OUT, 32)));
      bufXmlQuote(OUT);
      break;
    case KIND_BOOL:
      bufXmlBegin(OUT, level(f), 'bool');
      bufXmlAttr(OUT, 'value');
      bufStr(OUT, v == TRUE ? 'true' : 'false');
      bufXmlQuote(OUT);
      break;
    case KIND_NULL:
      bufXmlBegin(OUT, level(f), 'null');
      break;
    default:
      // builtins have no form of their own
      bufXmlBegin(OUT, level(f), 'unevaluated');
  }
  bufXmlEmptyEnd(OUT);
}

function writeLambda(f: usize, v: usize): void {
  const at = level(f);
  bufXmlBegin(OUT, at, 'function');
  if (has(f, XML_LOCATIONS)) {
    bufXmlPlace(OUT, lambdaPos(v));
    bufXmlPath(OUT, lambdaPos(v));
  }
  bufXmlOpenEnd(OUT);
  const argument = lambdaArgument(v);
  if (lambdaHasFormals(v)) {
    bufXmlBegin(OUT, at + 1, 'attrspat');
    if (lambdaHasEllipsis(v)) {
      bufXmlAttr(OUT, 'ellipsis');
      bufStr(OUT, '1"');
    }
    if (argument) bufXmlSymbol(OUT, 'name', argument);
    bufXmlOpenEnd(OUT);
    let last: u32 = 0;
    for (let i = lambdaFormalCount(v); i; i--) {
      last = formalAfter(v, last);
      bufXmlBegin(OUT, at + 2, 'attr');
      bufXmlSymbol(OUT, 'name', last);
      bufXmlEmptyEnd(OUT);
    }
    bufXmlClose(OUT, at + 1, 'attrspat');
  } else {
    bufXmlBegin(OUT, at + 1, 'varpat');
    bufXmlSymbol(OUT, 'name', argument);
    bufXmlEmptyEnd(OUT);
  }
  bufXmlClose(OUT, at, 'function');
}
/** The formal whose name comes next behind that of `last` (0: the first). */
function formalAfter(v: usize, last: u32): u32 {
  let best: u32 = 0;
  const n = lambdaFormalCount(v);
  for (let i: u32 = 0; i < n; i++) {
    const sym = lambdaFormal(v, i);
    if (last && symbolCompare(sym, last) <= 0) continue;
    if (!best || symbolCompare(sym, best) < 0) best = sym;
  }
  return best;
}

// ---- sets: a derivation shows its paths, and its attributes only once

/** Goes on with the current set: what must be known of it is forced one after the other. */
function set(f: usize, state: i32): i32 {
  const v = deref(slot(f, S.Current));
  if (state == State.Type) {
    const type = attrsGet(v, symbolOf('type'));
    if (type && !isValue(deref(type))) return force(f, type, State.Type);
    if (!type || !isText(deref(type), 'derivation')) {
      bufXmlOpen(OUT, level(f), 'attrs');
      return push(f, v, Place.Attrs);
    }
    state = State.DrvPath;
  }
  const drvPath = attrsGet(v, symbolOf('drvPath'));
  const outPath = attrsGet(v, symbolOf('outPath'));
  if (!has(f, XML_LAZY)) {
    if (state == State.DrvPath && drvPath && !isValue(deref(drvPath))) return force(f, drvPath, State.DrvPath);
    if (outPath && !isValue(deref(outPath))) return force(f, outPath, State.OutPath);
  }
  bufXmlBegin(OUT, level(f), 'derivation');
  if (drvPath && kindOf(deref(drvPath)) == KIND_STRING) bufXmlString(OUT, 'drvPath', deref(drvPath));
  if (outPath && kindOf(deref(outPath)) == KIND_STRING) bufXmlString(OUT, 'outPath', deref(outPath));
  bufXmlOpenEnd(OUT);
  if (drvPath && firstSeen(f, deref(drvPath))) return push(f, v, Place.Derivation);
  bufXmlEmpty(OUT, level(f) + 1, 'repeated');
  bufXmlClose(OUT, level(f), 'derivation');
  return Act.Again;
}
function isText(v: usize, text: string): bool {
  return kindOf(v) == KIND_STRING && bytesAre(strBytes(v), strLen(v), text);
}
/** Whether this path, which must be a string, is met for the first time. */
function firstSeen(f: usize, path: usize): bool {
  if (kindOf(path) != KIND_STRING || !strLen(path)) return false;
  const count = <u32>slotInt(f, S.SeenCount);
  const seen = seenRoom(slot(f, S.Seen), count);
  setSlot(f, S.Seen, seen);
  if (!seenAdd(seen, symbolString(symbolIntern(strBytes(path), strLen(path))))) return false;
  setSlotInt(f, S.SeenCount, count + 1);
  return true;
}

// ---- places

/** Goes into a set or list. */
function push(f: usize, v: usize, kind: Place): i32 {
  const height = <u32>slotInt(f, S.Height);
  const at = height * PLACE;
  const stack = cellsGrow(slot(f, S.Stack), at + PLACE);
  setSlot(f, S.Stack, stack);
  setCell(stack, at, v);
  setCell(stack, at + 1, tag(0));
  setCell(stack, at + 2, tag(kind));
  setSlotInt(f, S.Height, height + 1);
  setSlotInt(f, S.Level, <i32>level(f) + 1);
  return Act.Again;
}

/** Makes the next element current, closing what is at its end; false at the end of all. */
function next(f: usize): bool {
  const stack = slot(f, S.Stack);
  for (let height = <u32>slotInt(f, S.Height); height; height--) {
    const at = (height - 1) * PLACE;
    const v = cell(stack, at);
    const i = <u32>untag(cell(stack, at + 1));
    const kind = untag(cell(stack, at + 2));
    setSlotInt(f, S.Height, height);
    if (kind != Place.List && i) leave(f, 'attr');
    const n = kind == Place.List ? listLen(v) : attrsCount(v);
    if (i < n) {
      setCell(stack, at + 1, tag(i + 1));
      if (kind == Place.List) setSlot(f, S.Current, listGet(v, i));
      else beginAttribute(f, v, i);
      return true;
    }
    leave(f, kind == Place.List ? 'list' : kind == Place.Attrs ? 'attrs' : 'derivation');
  }
  setSlotInt(f, S.Height, 0);
  return false;
}
function leave(f: usize, name: string): void {
  setSlotInt(f, S.Level, <i32>level(f) - 1);
  bufXmlClose(OUT, level(f), name);
}
function beginAttribute(f: usize, v: usize, i: u32): void {
  const k = load<u32>(shapeNameOrder(attrsShape(v)) + ((<usize>i) << 2));
  const pos = attrsPos(v, k);
  const located = pos != 0 && has(f, XML_LOCATIONS);
  bufXmlBegin(OUT, level(f), 'attr');
  if (located) bufXmlPlace(OUT, pos);
  bufXmlSymbol(OUT, 'name', attrsSymbol(v, k));
  if (located) bufXmlPath(OUT, pos);
  bufXmlOpenEnd(OUT);
  setSlotInt(f, S.Level, <i32>level(f) + 1);
  setSlot(f, S.Current, attrsValue(v, k));
  setSlotInt(f, S.CurrentPos, pos);
}
