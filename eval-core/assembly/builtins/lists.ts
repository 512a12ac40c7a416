/** Lists, as far as no function must be called at once. */
import { expectFunction, expectList, isFunction } from '../diag/check';
import { Err, fail, msgArgInt, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { KIND_ATTRS, KIND_BOOL, KIND_FLOAT, KIND_INT, KIND_LIST, KIND_NULL, KIND_STRING } from '../value/kinds';
import {
  EMPTY_LIST,
  FALSE,
  TRUE,
  allocList,
  floatValue,
  intValue,
  kindOf,
  listGet,
  listLen,
  listSet,
  mkApp,
  mkBool,
  mkInt,
  strBytes,
  strLen,
  tag,
} from '../value/layout';
import { acc, Act, callProc, done, force, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { forced, later } from './support';

export function builtin_head(a: usize): usize {
  const list = arg(a, 0);
  return listLen(list) ? listGet(list, 0) : fail(Err.Eval, "'builtins.head' called on an empty list");
}

export function builtin_tail(a: usize): usize {
  const list = arg(a, 0);
  const n = listLen(list);
  if (!n) return fail(Err.Eval, "'builtins.tail' called on an empty list");
  const out = allocList(n - 1);
  memory.copy(out + 4, list + 8, (<usize>(n - 1)) << 2);
  return out;
}

export function builtin_length(a: usize): usize {
  return mkInt(listLen(arg(a, 0)));
}

export function builtin_elemAt(a: usize): usize {
  const list = arg(a, 0);
  const i = intValue(arg(a, 1));
  const n = <i64>listLen(list);
  if (i >= 0 && i < n) return listGet(list, <u32>i);
  msgBegin();
  msgLit("'builtins.elemAt' called with index ");
  msgArgInt(i);
  msgLit(' on a list of size ');
  msgArgInt(n);
  return raise(Err.Eval);
}

// ---- map and genList: suspended applications

const MAP_FUNCTION: string = 'while evaluating the first argument passed to builtins.map';
const GENLIST_FUNCTION: string = 'while evaluating the first argument passed to builtins.genList';

function mapped(f: usize, list: usize): usize {
  const n = listLen(list);
  const out = allocList(n);
  for (let i: u32 = 0; i < n; i++) listSet(out, i, mkApp(f, listGet(list, i)));
  return out;
}

/** The function is looked at only if there are elements. */
export function builtin_map(a: usize): usize {
  const list = arg(a, 1);
  if (!listLen(list)) return list;
  const f = forced(arg(a, 0));
  if (!f) return later(Proc.mapForcing, arg(a, 0), list);
  return expectFunction(f, MAP_FUNCTION) ? mapped(f, list) : 0;
}
/** Slots: function, list. */
export function proc_mapForcing(f: usize): i32 {
  if (stateOf(f) == 0) {
    traceOn(f, 0, MAP_FUNCTION);
    return force(f, slot(f, 0), 1);
  }
  if (!isFunction(acc())) return failFunction();
  return done(mapped(acc(), slot(f, 1)));
}
/** A trace line is on already. */
function failFunction(): i32 {
  expectFunction(acc(), '');
  return Act.Fail;
}

function generated(f: usize, n: i64): usize {
  if (n > 0x0fffffff) return fail(Err.Memory, 'out of memory');
  const out = allocList(<u32>n);
  for (let i: u32 = 0; i < <u32>n; i++) listSet(out, i, mkApp(f, mkInt(i)));
  return out;
}

export function builtin_genList(a: usize): usize {
  const n = intValue(arg(a, 1));
  if (n < 0) {
    msgBegin();
    msgLit('cannot create list of size ');
    msgArgInt(n);
    return raise(Err.Eval);
  }
  const f = forced(arg(a, 0));
  if (!f) return later(Proc.genListForcing, arg(a, 0), arg(a, 1));
  return expectFunction(f, GENLIST_FUNCTION) ? generated(f, n) : 0;
}
/** Slots: function, length. */
export function proc_genListForcing(f: usize): i32 {
  if (stateOf(f) == 0) {
    traceOn(f, 0, GENLIST_FUNCTION);
    return force(f, slot(f, 0), 1);
  }
  if (!isFunction(acc())) return failFunction();
  traceOff(f);
  return done(generated(acc(), intValue(slot(f, 1))));
}

// ---- elem

const UNKNOWN: i32 = -1;

/** Whether two references are equal values, or UNKNOWN where something must be forced or looked into. */
function equalAtOnce(x: usize, raw: usize): i32 {
  if (x == raw) return 1;
  const y = forced(raw);
  if (!y) return UNKNOWN;
  if (x & y & 1) return i32(x == y);
  const kx = kindOf(x);
  const ky = kindOf(y);
  if (kx != ky) return (kx == KIND_INT || kx == KIND_FLOAT) && (ky == KIND_INT || ky == KIND_FLOAT) ? UNKNOWN : 0;
  if (kx == KIND_STRING) return i32(strLen(x) == strLen(y) && !memory.compare(strBytes(x), strBytes(y), strLen(x)));
  if (kx == KIND_INT) return i32(intValue(x) == intValue(y));
  if (kx == KIND_BOOL) return i32(x == y);
  if (kx == KIND_NULL) return 1;
  if (x == y && (kx == KIND_ATTRS || kx == KIND_LIST)) return 1;
  return UNKNOWN;
}

export function builtin_elem(a: usize): usize {
  const list = arg(a, 1);
  const n = listLen(list);
  if (!n) return FALSE;
  const x = forced(arg(a, 0));
  if (!x) return later(Proc.elemForcing, arg(a, 0), list);
  for (let i: u32 = 0; i < n; i++) {
    const raw = listGet(list, i);
    const same = raw == arg(a, 0) ? 1 : equalAtOnce(x, raw);
    if (same > 0) return TRUE;
    if (same < 0) return later(Proc.elemForcing, arg(a, 0), list);
  }
  return FALSE;
}
/** Slots: value, list, index. Two references to one cell are equal, once both are forced. */
export function proc_elemForcing(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  let i = <u32>slotInt(f, 2);
  switch (stateOf(f)) {
    case 0:
      return forceElement(f, slot(f, 0));
    case 2:
      if (acc() == TRUE) return done(TRUE);
      i++;
  }
  const x = forced(slot(f, 0));
  for (; i < n; i++) {
    const raw = listGet(list, i);
    const same = raw == slot(f, 0) ? 1 : equalAtOnce(x, raw);
    if (same > 0) return done(TRUE);
    if (same == 0) continue;
    setSlotInt(f, 2, i);
    const y = forced(raw);
    return y ? callProc(f, Proc.equal, x, y, tag(0), tag(0), 2) : forceElement(f, raw);
  }
  return done(FALSE);
}

function forceElement(f: usize, v: usize): i32 {
  return callProc(f, Proc.forceCounted, v, tag(0), tag(0), tag(0), 1);
}
/** Forces what Nix forces inside of its comparison, which is a level of max-call-depth. Slots: value. */
export function proc_forceCounted(f: usize): i32 {
  return stateOf(f) ? done(acc()) : force(f, slot(f, 0), 1);
}

// ---- concatLists

const CONCAT_ELEMENT: string = 'while evaluating a value of the list passed to builtins.concatLists';

/** All elements are forced lists: their concatenation. A lone one that is not empty is the result itself. */
export function concatForced(lists: usize): usize {
  const n = listLen(lists);
  let total: u32 = 0;
  let lone: usize = EMPTY_LIST;
  for (let i: u32 = 0; i < n; i++) {
    const l = forced(listGet(lists, i));
    const len = listLen(l);
    total += len;
    if (len) lone = l;
  }
  if (listLen(lone) == total) return lone;
  const out = allocList(total);
  let to = out + 4;
  for (let i: u32 = 0; i < n; i++) {
    const l = forced(listGet(lists, i));
    const bytes = (<usize>listLen(l)) << 2;
    memory.copy(to, l + 4, bytes);
    to += bytes;
  }
  return out;
}

export function builtin_concatLists(a: usize): usize {
  const lists = arg(a, 0);
  const n = listLen(lists);
  for (let i: u32 = 0; i < n; i++) {
    const l = forced(listGet(lists, i));
    if (!l) return later(Proc.concatListsForcing, lists, tag(0));
    if (kindOf(l) != KIND_LIST) return <usize>expectList(l, CONCAT_ELEMENT);
  }
  return concatForced(lists);
}
/** Slots: lists, index. */
export function proc_concatListsForcing(f: usize): i32 {
  const lists = slot(f, 0);
  const n = listLen(lists);
  for (let i = <u32>slotInt(f, 1); i < n; i++) {
    const l = forced(listGet(lists, i));
    if (!l) {
      setSlotInt(f, 1, i);
      return force(f, listGet(lists, i), 1);
    }
    if (!expectList(l, CONCAT_ELEMENT)) return Act.Fail;
  }
  return done(concatForced(lists));
}
