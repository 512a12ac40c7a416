/** Attribute sets. */
import { expectAttrs, expectPlainString } from '../diag/check';
import { Proc } from '../gen/builtins';
import {
  NULL,
  allocList,
  deref,
  emptyAttrs,
  kindOf,
  listGet,
  listLen,
  listSet,
  mkApp2,
  mkBool,
  mkBytes,
  strContext,
  tag,
} from '../value/layout';
import { KIND_ATTRS, KIND_STRING } from '../value/kinds';
import {
  DUP_FIRST,
  allocAttrs,
  allocEmptyAttrs,
  attrsAdd,
  attrsBegin,
  attrsCount,
  attrsFinish,
  attrsGet,
  attrsPos,
  attrsSetValue,
  attrsShape,
  attrsSymbol,
  attrsValue,
  copyAttrs,
  shapeCount,
  shapeFind,
  shapeNameOrder,
  shapePos,
  shapeSymbol,
  shapeWithoutPos,
} from '../value/shapes';
import { symbolString } from '../value/symbols';
import { Act, done, force, setSlotInt, slot, slotInt, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { symbolOfString } from './names';
import { mkPosition } from './positions';
import { failMissing, forced, later } from './support';
import { vectorBecomeList, vectorNew } from './vectors';

export function builtin_attrNames(a: usize): usize {
  const shape = attrsShape(arg(a, 0));
  const n = shapeCount(shape);
  const order = shapeNameOrder(shape);
  const out = allocList(n);
  for (let i: u32 = 0; i < n; i++) listSet(out, i, symbolString(shapeSymbol(shape, load<u32>(order + ((<usize>i) << 2)))));
  return out;
}

export function builtin_attrValues(a: usize): usize {
  const set = arg(a, 0);
  const shape = attrsShape(set);
  const n = shapeCount(shape);
  const order = shapeNameOrder(shape);
  const out = allocList(n);
  for (let i: u32 = 0; i < n; i++) listSet(out, i, attrsValue(set, load<u32>(order + ((<usize>i) << 2))));
  return out;
}

export function builtin_getAttr(a: usize): usize {
  const sym = symbolOfString(arg(a, 0));
  const v = attrsGet(arg(a, 1), sym);
  return v ? v : failMissing(sym, 'in the attribute set under consideration');
}

export function builtin_hasAttr(a: usize): usize {
  return mkBool(attrsGet(arg(a, 1), symbolOfString(arg(a, 0))) != 0);
}

export function builtin_unsafeGetAttrPos(a: usize): usize {
  const set = arg(a, 1);
  const i = shapeFind(attrsShape(set), symbolOfString(arg(a, 0)));
  return i < 0 ? NULL : mkPosition(attrsPos(set, i));
}

/** The function is not looked at. Positions are dropped, as in Nix. */
export function builtin_mapAttrs(a: usize): usize {
  const f = arg(a, 0);
  const set = arg(a, 1);
  const n = attrsCount(set);
  if (!n) return emptyAttrs();
  const out = allocAttrs(shapeWithoutPos(attrsShape(set)));
  for (let i: u32 = 0; i < n; i++) attrsSetValue(out, i, mkApp2(f, symbolString(attrsSymbol(set, i)), attrsValue(set, i)));
  return out;
}

// ---- removeAttrs

const REMOVED_NAME: string = 'while evaluating the values of the second argument passed to builtins.removeAttrs';

/** Marks of the attributes to keep out, a byte each, while `removeAttrs` works. */
const MARKS_SMALL: usize = memory.data(1024, 8);

/** The names are forced strings without context: a new set without them. */
function withoutNames(set: usize, names: usize): usize {
  const shape = attrsShape(set);
  const n = shapeCount(shape);
  const marks = n <= 1024 ? MARKS_SMALL : mkBytes(n) + 4;
  memory.fill(marks, 0, n);
  const count = listLen(names);
  let removed: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = shapeFind(shape, symbolOfString(deref(listGet(names, i))));
    if (at < 0 || load<u8>(marks + at)) continue;
    store<u8>(marks + at, 1);
    removed++;
  }
  if (!removed) return copyAttrs(set);
  if (removed == n) return allocEmptyAttrs();
  const mark = attrsBegin();
  for (let i: u32 = 0; i < n; i++) if (!load<u8>(marks + i)) attrsAdd(shapeSymbol(shape, i), attrsValue(set, i), shapePos(shape, i));
  return attrsFinish(mark, DUP_FIRST);
}

// @ts-ignore: decorator
@inline
function isPlain(v: usize): bool {
  return kindOf(v) == KIND_STRING && !strContext(v);
}

export function builtin_removeAttrs(a: usize): usize {
  const names = arg(a, 1);
  const n = listLen(names);
  for (let i: u32 = 0; i < n; i++) {
    const v = forced(listGet(names, i));
    if (!v) return later(Proc.removeAttrsForcing, arg(a, 0), names);
    if (!isPlain(v)) return <usize>expectPlainString(v, REMOVED_NAME);
  }
  return withoutNames(arg(a, 0), names);
}
/** Slots: set, names, index. */
export function proc_removeAttrsForcing(f: usize): i32 {
  const names = slot(f, 1);
  const n = listLen(names);
  traceOn(f, 0, REMOVED_NAME);
  for (let i = <u32>slotInt(f, 2); i < n; i++) {
    const v = forced(listGet(names, i));
    if (!v) {
      setSlotInt(f, 2, i);
      return force(f, listGet(names, i), 1);
    }
    if (!isPlain(v)) return failPlain(v);
    symbolOfString(v);
  }
  traceOff(f);
  return done(withoutNames(slot(f, 0), names));
}
/** A trace line is on already. */
function failPlain(v: usize): i32 {
  expectPlainString(v, '');
  return Act.Fail;
}

// ---- intersectAttrs

/** A new set: attributes of the second set that the first has too; positions are the second's. */
export function builtin_intersectAttrs(a: usize): usize {
  const left = arg(a, 0);
  const right = arg(a, 1);
  const ls = attrsShape(left);
  const rs = attrsShape(right);
  if (ls == rs) return copyAttrs(right);
  const ln = shapeCount(ls);
  const rn = shapeCount(rs);
  if (!ln || !rn) return emptyAttrs();
  const mark = attrsBegin();
  if (ln < rn) {
    if (rn > ln << 3) intersectFinding(ls, ln, rs, right);
    else intersectMerging(ls, ln, rs, rn, right);
  } else if (ln > rn << 3) {
    for (let i: u32 = 0; i < rn; i++) {
      const sym = shapeSymbol(rs, i);
      if (shapeFind(ls, sym) >= 0) attrsAdd(sym, attrsValue(right, i), shapePos(rs, i));
    }
  } else intersectMerging(ls, ln, rs, rn, right);
  if (attrsBegin() == mark) return allocEmptyAttrs();
  return attrsFinish(mark, DUP_FIRST);
}
function intersectFinding(ls: usize, ln: u32, rs: usize, right: usize): void {
  for (let i: u32 = 0; i < ln; i++) {
    const sym = shapeSymbol(ls, i);
    const at = shapeFind(rs, sym);
    if (at >= 0) attrsAdd(sym, attrsValue(right, at), shapePos(rs, at));
  }
}
function intersectMerging(ls: usize, ln: u32, rs: usize, rn: u32, right: usize): void {
  let i: u32 = 0;
  let j: u32 = 0;
  while (i < ln && j < rn) {
    const x = shapeSymbol(ls, i);
    const y = shapeSymbol(rs, j);
    if (x == y) attrsAdd(y, attrsValue(right, j), shapePos(rs, j));
    if (x <= y) i++;
    if (y <= x) j++;
  }
}

// ---- catAttrs

const CAT_ELEMENT: string = 'while evaluating an element in the list passed as second argument to builtins.catAttrs';

/** The values of one attribute, where it is there, of a list of forced sets. */
function values(sym: u32, list: usize): usize {
  const n = listLen(list);
  const out = vectorNew(n);
  let k: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const v = attrsGet(deref(listGet(list, i)), sym);
    if (!v) continue;
    store<u32>(out + ((<usize>k) << 2), <u32>v, 4);
    k++;
  }
  return vectorBecomeList(out, k);
}

export function builtin_catAttrs(a: usize): usize {
  const sym = symbolOfString(arg(a, 0));
  const list = arg(a, 1);
  const n = listLen(list);
  for (let i: u32 = 0; i < n; i++) {
    const set = forced(listGet(list, i));
    if (!set) return later(Proc.catAttrsForcing, tag(sym), list);
    if (kindOf(set) != KIND_ATTRS) return <usize>expectAttrs(set, CAT_ELEMENT);
  }
  return values(sym, list);
}
/** Slots: symbol, list, index. */
export function proc_catAttrsForcing(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  for (let i = <u32>slotInt(f, 2); i < n; i++) {
    const set = forced(listGet(list, i));
    if (!set) {
      setSlotInt(f, 2, i);
      return force(f, listGet(list, i), 1);
    }
    if (!expectAttrs(set, CAT_ELEMENT)) return Act.Fail;
  }
  return done(values(<u32>slotInt(f, 0), list));
}
