/** Lists walked with a function that is called for each element. */
import { expectBool, expectFunction, expectPlainString } from '../diag/check';
import { valuePosition } from '../diag/value-position';
import { KIND_LAMBDA, KIND_LIST } from '../value/kinds';
import { EMPTY_LIST, FALSE, TRUE, allocList, kindOf, listGet, listLen, mkBytes } from '../value/layout';
import { allocAttrs, attrsSetValue, attrsShape, shapeFind } from '../value/shapes';
import { Act, acc, call1, call2, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { groupsOf } from './groups';
import { symbolOfString } from './names';
import { Name, failExpectedTraced, forced, nameSymbol, namedShape } from './support';
import { vectorBecomeList, vectorNew } from './vectors';

// ---- filter

const FILTER_FUNCTION: string = 'while evaluating the first argument passed to builtins.filter';
const FILTER_RESULT: string = 'while evaluating the return value of the filtering function passed to builtins.filter';

/** Slots: predicate, list, index, vector of what is kept (tagged 0 while nothing was dropped), its length. */
export function builtin_filter(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  switch (stateOf(f)) {
    case 0:
      if (!n) return done(list);
      traceOn(f, 0, FILTER_FUNCTION);
      return force(f, slot(f, 0), 1);
    case 1:
      if (!expectFunction(acc(), '')) return Act.Fail;
      traceOff(f);
      setSlot(f, 0, acc());
      return call1(f, acc(), listGet(list, 0), 2);
  }
  if (!expectBool(acc(), FILTER_RESULT)) return Act.Fail;
  const i = <u32>slotInt(f, 2);
  let kept = slot(f, 3);
  if (acc() == TRUE) {
    if (!(kept & 1)) {
      const k = <u32>slotInt(f, 4);
      store<u32>(kept + ((<usize>k) << 2), <u32>listGet(list, i), 4);
      setSlotInt(f, 4, k + 1);
    }
  } else if (kept & 1) {
    kept = vectorNew(n - 1);
    memory.copy(kept + 4, list + 4, (<usize>i) << 2);
    setSlot(f, 3, kept);
    setSlotInt(f, 4, i);
  }
  if (i + 1 == n) return done(kept & 1 ? list : vectorBecomeList(kept, <u32>slotInt(f, 4)));
  setSlotInt(f, 2, i + 1);
  return call1(f, slot(f, 0), listGet(list, i + 1), 2);
}

// ---- any, all

/** Slots: predicate, list, index. Ends at the first result that is `stop`. */
function search(f: usize, stop: usize, resultContext: string): i32 {
  const list = slot(f, 1);
  let i: u32 = 0;
  if (stateOf(f)) {
    if (!expectBool(acc(), resultContext)) return Act.Fail;
    if (acc() == stop) return done(stop);
    i = <u32>slotInt(f, 2) + 1;
    setSlotInt(f, 2, i);
  }
  if (i == listLen(list)) return done(stop == TRUE ? FALSE : TRUE);
  return call1(f, slot(f, 0), listGet(list, i), 1);
}
export function builtin_any(f: usize): i32 {
  return search(f, TRUE, 'while evaluating the return value of the function passed to builtins.any');
}
export function builtin_all(f: usize): i32 {
  return search(f, FALSE, 'while evaluating the return value of the function passed to builtins.all');
}

// ---- foldl'

/** Slots: operator, accumulator, list, index. */
export function builtin_foldl_(f: usize): i32 {
  const list = slot(f, 2);
  const i = <u32>slotInt(f, 3);
  if (stateOf(f)) setSlot(f, 1, acc());
  if (i == listLen(list)) return done(slot(f, 1));
  setSlotInt(f, 3, i + 1);
  return call2(f, slot(f, 0), slot(f, 1), listGet(list, i), 1);
}

// ---- concatMap

const CONCATMAP_RESULT: string = 'while evaluating the return value of the function passed to builtins.concatMap';

/** Slots: function, list, index, vector of results, length of them all. */
export function builtin_concatMap(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  let i: u32 = 0;
  if (stateOf(f)) {
    const part = acc();
    const pos = valuePosition(slot(f, 0), 0);
    if (kindOf(part) != KIND_LIST) {
      failExpectedTraced('a list', part, valuePosition(part, pos), CONCATMAP_RESULT);
      return Act.Fail;
    }
    i = <u32>slotInt(f, 2);
    store<u32>(slot(f, 3) + ((<usize>i) << 2), <u32>part, 4);
    setSlotInt(f, 4, slotInt(f, 4) + <i32>listLen(part));
    i++;
    setSlotInt(f, 2, i);
  } else {
    if (!n) return done(EMPTY_LIST);
    setSlot(f, 3, vectorNew(n));
  }
  if (i < n) return call1(f, slot(f, 0), listGet(list, i), 1);
  return done(concatenated(slot(f, 3), n, <u32>slotInt(f, 4)));
}
function concatenated(parts: usize, n: u32, total: u32): usize {
  const out = allocList(total);
  let to = out + 4;
  for (let i: u32 = 0; i < n; i++) {
    const part = <usize>load<u32>(parts + ((<usize>i) << 2), 4);
    const bytes = (<usize>listLen(part)) << 2;
    memory.copy(to, part + 4, bytes);
    to += bytes;
  }
  return out;
}

// ---- partition

const PARTITION_RESULT: string = 'while evaluating the return value of the partition function passed to builtins.partition';

/** Slots: predicate, list, index, vector: what is right from the front, what is wrong from the back; number of right ones. */
export function builtin_partition(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  let i = <u32>slotInt(f, 2);
  switch (stateOf(f)) {
    case 0:
      setSlot(f, 3, vectorNew(n));
      break;
    case 1:
      return call1(f, slot(f, 0), listGet(list, i), 2);
    case 2: {
      if (!expectBool(acc(), PARTITION_RESULT)) return Act.Fail;
      const rights = <u32>slotInt(f, 4);
      const right = acc() == TRUE;
      const at = right ? rights : n - 1 - (i - rights);
      store<u32>(slot(f, 3) + ((<usize>at) << 2), <u32>listGet(list, i), 4);
      if (right) setSlotInt(f, 4, rights + 1);
      i++;
      setSlotInt(f, 2, i);
    }
  }
  if (i == n) return done(partitioned(slot(f, 3), n, <u32>slotInt(f, 4)));
  const elem = listGet(list, i);
  if (!forced(elem)) return force(f, elem, 1);
  return call1(f, slot(f, 0), elem, 2);
}
function partitioned(v: usize, n: u32, rights: u32): usize {
  const right = allocList(rights);
  if (rights) memory.copy(right + 4, v + 4, (<usize>rights) << 2);
  const wrong = allocList(n - rights);
  for (let i: u32 = 0; i < n - rights; i++) store<u32>(wrong + ((<usize>i) << 2), load<u32>(v + ((<usize>(n - 1 - i)) << 2), 4), 4);
  const set = allocAttrs(namedShape(Name.Right, Name.Wrong, Name.Right));
  attrsSetValue(set, shapeFind(attrsShape(set), nameSymbol(Name.Right)), right);
  attrsSetValue(set, shapeFind(attrsShape(set), nameSymbol(Name.Wrong)), wrong);
  return set;
}

// ---- groupBy

const GROUP_RESULT: string = 'while evaluating the return value of the grouping function passed to builtins.groupBy';

/** Slots: function, list, index, symbols of the groups (BYTES). */
export function builtin_groupBy(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  let i: u32 = 0;
  if (stateOf(f)) {
    if (!expectPlainString(acc(), GROUP_RESULT)) return Act.Fail;
    i = <u32>slotInt(f, 2);
    store<u32>(slot(f, 3) + ((<usize>i) << 2), symbolOfString(acc()), 4);
    i++;
    setSlotInt(f, 2, i);
  } else setSlot(f, 3, mkBytes((<usize>n) << 2));
  if (i < n) return call1(f, slot(f, 0), listGet(list, i), 1);
  return done(groupsOf(slot(f, 3) + 4, list, n));
}
