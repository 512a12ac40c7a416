/** `builtins.sort`. */
import { expectBool, expectFunction } from '../diag/check';
import { Proc } from '../gen/builtins';
import { KIND_PRIMOP } from '../value/kinds';
import { TRUE, allocList, deref, kindOf, listGet, listLen, primopId, tag } from '../value/layout';
import { Act, acc, call2, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { lessAtOnce } from './math';
import { peeksortLeft, peeksortNew, peeksortRight, peeksortStep } from './peeksort';
import { forced } from './support';
import { vectorNew } from './vectors';

const SORT_FUNCTION: string = 'while evaluating the first argument passed to builtins.sort';
const SORT_RESULT: string = 'while evaluating the return value of the sorting function passed to builtins.sort';
const SORT_ORDER: string = 'while evaluating the ordering function passed to builtins.sort';

const enum State {
  Start = 0,
  FunctionForced,
  ElementForced,
  Called,
  Compared,
}

/**
 * Slots: comparator, list, index of the element that is forced, the list that is being sorted, a buffer for merging, the
 * state of the sort. With `lessThan` itself as comparator no function is called.
 */
export function builtin_sort(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  switch (stateOf(f)) {
    case State.Start:
      if (!n) return done(list);
      traceOn(f, 0, SORT_FUNCTION);
      return force(f, slot(f, 0), State.FunctionForced);
    case State.FunctionForced:
      if (!expectFunction(acc(), '')) return Act.Fail;
      traceOff(f);
      setSlot(f, 0, acc());
      return forceElements(f, list, 0, n);
    case State.ElementForced:
      return forceElements(f, list, <u32>slotInt(f, 2) + 1, n);
    case State.Called:
      if (!expectBool(acc(), SORT_RESULT)) return Act.Fail;
      break;
    case State.Compared:
      traceOff(f);
  }
  return sortOn(f, acc() == TRUE);
}

function forceElements(f: usize, list: usize, from: u32, n: u32): i32 {
  for (let i = from; i < n; i++) {
    const raw = listGet(list, i);
    if (forced(raw)) continue;
    setSlotInt(f, 2, i);
    return force(f, raw, State.ElementForced);
  }
  const work = allocList(n);
  memory.copy(work + 4, list + 4, (<usize>n) << 2);
  setSlot(f, 3, work);
  setSlot(f, 4, vectorNew(n));
  setSlot(f, 5, peeksortNew(n));
  return sortOn(f, false);
}

function isLessThan(v: usize): bool {
  return kindOf(v) == KIND_PRIMOP && primopId(v) == Proc.lessThan;
}

/** Goes on with the answer to the sort's last question, until the comparator must be called. */
function sortOn(f: usize, first: bool): i32 {
  const work = slot(f, 3);
  const buffer = slot(f, 4);
  const sort = slot(f, 5);
  const comparator = slot(f, 0);
  const native = isLessThan(comparator);
  let answer = first;
  while (peeksortStep(sort, work, buffer, answer)) {
    const x = peeksortLeft(sort, work, buffer);
    const y = peeksortRight(sort, work, buffer);
    if (!native) return call2(f, comparator, x, y, State.Called);
    const less = lessAtOnce(deref(x), deref(y));
    if (less < 0) {
      traceOn(f, 0, SORT_ORDER);
      return callProc(f, Proc.less, deref(x), deref(y), tag(0), tag(0), State.Compared);
    }
    answer = <bool>less;
  }
  return done(work);
}
