/**
 * `==` and `<` as procedures. Equality is Nix's eqValues: elements and attributes that are one cell are equal without being
 * looked at; derivations compare by outPath; attributes are met in the order of their symbols.
 */
import { Proc } from '../gen/builtins';
import { Err, msgBegin, msgLit, raise } from '../diag/errors';
import { msgArgValue, msgShowType } from '../diag/check';
import {
  KIND_ATTRS,
  KIND_BOOL,
  KIND_FLOAT,
  KIND_INT,
  KIND_LAMBDA,
  KIND_LIST,
  KIND_NULL,
  KIND_PATH,
  KIND_PRIMOP,
  KIND_PRIMOP_APP,
  KIND_STRING,
} from '../value/kinds';
import {
  FALSE,
  TRUE,
  deref,
  floatValue,
  intValue,
  isValue,
  kindOf,
  listGet,
  listLen,
  mkBool,
  strBytes,
  strContext,
  strLen,
  tag,
} from '../value/layout';
import { attrsCount, attrsGet, attrsShape, attrsSymbol, attrsValue } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { Act, acc, again, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOn } from './native';
import { compareNow } from './operators';

export const EQ_UNKNOWN: i32 = 2;
const SYMS: usize = memory.data(8);
function symType(): u32 {
  if (!load<u32>(SYMS)) {
    store<u32>(SYMS, symbolOf('type'));
    store<u32>(SYMS, symbolOf('outPath'), 4);
  }
  return load<u32>(SYMS);
}

/** Equality of two values that needs nothing forced: 1, 0, or EQ_UNKNOWN. */
export function equalNow(l: usize, r: usize): i32 {
  const lk = kindOf(l);
  const rk = kindOf(r);
  if (lk != rk) {
    if (lk == KIND_INT && rk == KIND_FLOAT) return i32(<f64>intValue(l) == floatValue(r));
    if (lk == KIND_FLOAT && rk == KIND_INT) return i32(floatValue(l) == <f64>intValue(r));
    return 0;
  }
  switch (lk) {
    case KIND_INT:
      return i32(intValue(l) == intValue(r));
    case KIND_BOOL:
      return i32(l == r);
    case KIND_NULL:
      return 1;
    case KIND_FLOAT:
      return i32(floatValue(l) == floatValue(r));
    case KIND_STRING:
      return i32(strLen(l) == strLen(r) && !memory.compare(strBytes(l), strBytes(r), strLen(l)));
    case KIND_PATH:
      return i32(strLen(l) == strLen(r) && strContext(l) == strContext(r) && !memory.compare(strBytes(l), strBytes(r), strLen(l)));
    case KIND_LIST:
      if (listLen(l) != listLen(r)) return 0;
      return listLen(l) ? EQ_UNKNOWN : 1;
    case KIND_ATTRS:
      return attrsCount(l) + attrsCount(r) ? EQ_UNKNOWN : 1;
    default:
      return 0;
  }
}

/** Equality of two cells: identity first. */
export function equalCells(l: usize, r: usize): i32 {
  if (l == r && !needsForce(l)) return 1;
  const a = deref(l);
  const b = deref(r);
  if (l == r) return isValue(a) ? 1 : EQ_UNKNOWN;
  return isValue(a) && isValue(b) ? equalNow(a, b) : EQ_UNKNOWN;
}
function needsForce(v: usize): bool {
  return !isValue(deref(v));
}

/** Whether a set says `type = "derivation"`: 1, 0, or EQ_UNKNOWN where the attribute must be forced first. */
function derivationNow(s: usize): i32 {
  const t = attrsGet(s, symType());
  if (!t) return 0;
  const v = deref(t);
  if (!isValue(v)) return EQ_UNKNOWN;
  if (kindOf(v) != KIND_STRING || strLen(v) != 10) return 0;
  const bytes = strBytes(v);
  return i32(load<u64>(bytes) == 0x6974617669726564 && load<u16>(bytes, 8) == 0x6e6f);
}

// States. Slots: 0 left, 1 right, 2 index, 3 left cell (at the start: 1 where left and right are cells themselves), 4 right cell.
const START: i32 = 0;
const LEFT_TYPE: i32 = 1;
const RIGHT_TYPE: i32 = 2;
const CELLS: i32 = 3;
const CELL_DONE: i32 = 4;

export function proc_equal(f: usize): i32 {
  const state = stateOf(f);
  switch (state) {
    case START: {
      const l = deref(slot(f, 0));
      const r = deref(slot(f, 1));
      if (!isValue(l)) return force(f, l, START);
      if (!isValue(r)) return force(f, r, START);
      if (slotInt(f, 3) == 1 && slot(f, 0) == slot(f, 1)) return done(TRUE);
      setSlot(f, 0, l);
      setSlot(f, 1, r);
      const e = equalNow(l, r);
      if (e != EQ_UNKNOWN) return done(mkBool(e == 1));
      if (kindOf(l) == KIND_LIST) return cells(f);
      // fall through: both are sets
    }
    case LEFT_TYPE: {
      const d = derivationNow(slot(f, 0));
      if (d == EQ_UNKNOWN) return force(f, attrsGet(slot(f, 0), symType()), LEFT_TYPE);
      if (d == 0) return afterTypes(f, false);
      // fall through
    }
    case RIGHT_TYPE: {
      const d = derivationNow(slot(f, 1));
      if (d == EQ_UNKNOWN) return force(f, attrsGet(slot(f, 1), symType()), RIGHT_TYPE);
      return afterTypes(f, d == 1);
    }
    case CELLS:
      return cells(f);
    default:
      if (acc() == FALSE || slotInt(f, 2) < 0) return done(acc());
      setSlotInt(f, 2, slotInt(f, 2) + 1);
      return cells(f);
  }
}
function afterTypes(f: usize, derivations: bool): i32 {
  const l = slot(f, 0);
  const r = slot(f, 1);
  if (derivations) {
    const a = attrsGet(l, load<u32>(SYMS, 4));
    const b = attrsGet(r, load<u32>(SYMS, 4));
    if (a && b) {
      // the answer is that of outPath alone: one cell, the last
      setSlotInt(f, 2, -1);
      setSlot(f, 3, a);
      setSlot(f, 4, b);
      return compareCell(f);
    }
  }
  if (attrsCount(l) != attrsCount(r)) return done(FALSE);
  return cells(f);
}

/** Goes on with the cells from the index in slot 2. */
function cells(f: usize): i32 {
  const l = slot(f, 0);
  const r = slot(f, 1);
  let i = slotInt(f, 2);
  if (kindOf(l) == KIND_LIST) {
    const n = <i32>listLen(l);
    for (; i < n; i++) {
      const e = equalCells(listGet(l, i), listGet(r, i));
      if (e == 1) continue;
      if (e == 0) return done(FALSE);
      return pending(f, i, listGet(l, i), listGet(r, i));
    }
    return done(TRUE);
  }
  const n = <i32>attrsCount(l);
  const same = attrsShape(l) == attrsShape(r);
  for (; i < n; i++) {
    if (!same && attrsSymbol(l, i) != attrsSymbol(r, i)) return done(FALSE);
    const e = equalCells(attrsValue(l, i), attrsValue(r, i));
    if (e == 1) continue;
    if (e == 0) return done(FALSE);
    return pending(f, i, attrsValue(l, i), attrsValue(r, i));
  }
  return done(TRUE);
}
function pending(f: usize, i: i32, a: usize, b: usize): i32 {
  setSlotInt(f, 2, i);
  setSlot(f, 3, a);
  setSlot(f, 4, b);
  return compareCell(f);
}
/** Compares two cells; those that must be forced are, a level deeper. */
function compareCell(f: usize): i32 {
  const a = slot(f, 3);
  const b = slot(f, 4);
  const last = slotInt(f, 2) < 0;
  const e = equalCells(a, b);
  if (e == 0) return done(FALSE);
  if (e == EQ_UNKNOWN) return callProc(f, Proc.equal, a, b, tag(0), tag(1), CELL_DONE);
  if (last) return done(TRUE);
  setSlotInt(f, 2, slotInt(f, 2) + 1);
  return again(f, CELLS);
}

// ---- `<`. Slots: 0 left, 1 right (forced), 2 index.
export function proc_less(f: usize): i32 {
  const l = slot(f, 0);
  const r = slot(f, 1);
  switch (stateOf(f)) {
    case 0: {
      const c = compareNow(l, r);
      if (c != 2) return done(mkBool(c < 0));
      if (kindOf(l) != KIND_LIST || kindOf(r) != KIND_LIST) return incomparable(l, r);
      return lessCells(f, 0);
    }
    case 1: // left element forced
      return force(f, listGet(r, slotInt(f, 2)), 2);
    case 2: {
      const i = slotInt(f, 2);
      const a = listGet(l, i);
      const b = listGet(r, i);
      const e = a == b ? 1 : equalNow(deref(a), deref(b));
      if (e == 1) return lessCells(f, i + 1);
      if (e == 0) return callProc(f, Proc.lessElements, deref(a), deref(b), 1, 1, 4);
      return callProc(f, Proc.equal, deref(a), deref(b), 1, 1, 3);
    }
    case 3: {
      const i = slotInt(f, 2);
      if (acc() == TRUE) return lessCells(f, i + 1);
      return callProc(f, Proc.lessElements, deref(listGet(l, i)), deref(listGet(r, i)), 1, 1, 4);
    }
    default:
      return done(acc());
  }
}
function lessCells(f: usize, i: i32): i32 {
  const l = slot(f, 0);
  const r = slot(f, 1);
  if (i == <i32>listLen(r)) return done(FALSE);
  if (i == <i32>listLen(l)) return done(TRUE);
  setSlotInt(f, 2, i);
  return force(f, listGet(l, i), 1);
}
/** The same for two elements: whatever fails in it has the trace line that Nix adds for them. */
export function proc_lessElements(f: usize): i32 {
  traceOn(f, 0, 'while comparing two list elements');
  return proc_less(f);
}
function incomparable(l: usize, r: usize): i32 {
  const same = kindOf(l) == kindOf(r) || (isFunctionKind(kindOf(l)) && isFunctionKind(kindOf(r)));
  msgBegin();
  msgLit('cannot compare ');
  msgShowType(l);
  msgLit(' with ');
  msgShowType(r);
  msgLit(same ? '; values of that type are incomparable (values are ' : '; values are ');
  msgArgValue(l);
  msgLit(' and ');
  msgArgValue(r);
  if (same) msgLit(')');
  raise(Err.Eval);
  return Act.Fail;
}
function isFunctionKind(k: u32): bool {
  return k == KIND_LAMBDA || k == KIND_PRIMOP || k == KIND_PRIMOP_APP;
}
