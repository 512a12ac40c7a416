/**
 * `genericClosure`: breadth first; of elements with equal keys the first one stays.
 */
import { expectAttrs, expectFunction, expectList } from '../diag/check';
import { Proc } from '../gen/builtins';
import { KIND_INT, KIND_STRING } from '../value/kinds';
import { TRUE, deref, kindOf, listGet, listLen, tag } from '../value/layout';
import { attrsGet } from '../value/shapes';
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
} from '../vm/native';
import {
  keyTableAdd,
  keyTableNew,
  keyTableReserve,
  keyTreeInsert,
  keyTreeLeft,
  keyTreeNew,
  keyTreePrevious,
  keyTreeReserve,
  keyTreeRight,
  keyTreeRoot,
} from './closureKeys';
import { explain, keyNumber } from './closureErrors';
import {
  COUNT,
  CURSOR,
  ELEMENT,
  FUNCTION,
  INDEX,
  KEY,
  KEYS,
  KNOWN,
  LIST,
  MODE,
  Mode,
  NEW_INDEX,
  NEW_LIST,
  PARENT,
  PHASE,
  Phase,
  QUEUE,
  QUEUED,
  RESULT,
  WENT_LEFT,
} from './closureSlots';
import { lessAtOnce } from './math';
import { Name, failMissing, forced, nameSymbol, requireAttr } from './support';
import { vectorNew, vectorReserve, vectorToList } from './vectors';

const IN_ARGUMENT: string = 'in the attrset passed as argument to builtins.genericClosure';
const START_SET: string = "while evaluating the 'startSet' attribute passed as argument to builtins.genericClosure";
const OPERATOR: string = "while evaluating the 'operator' attribute passed as argument to builtins.genericClosure";
const RETURNED: string = 'while evaluating the return value of the `operator` passed to builtins.genericClosure';

const enum State {
  Start = 0,
  StartSet,
  Operator,
  Next,
  Element,
  Key,
  Walk,
  Compared,
  Last,
  ComparedLast,
  Add,
  Returned,
  Returning,
}

export function builtin_genericClosure(f: usize): i32 {
  switch (stateOf(f)) {
    case STATE_ERROR:
      explain(f);
      return Act.Fail;
    case State.Start: {
      const v = requireAttr(slot(f, FUNCTION), nameSymbol(Name.StartSet), IN_ARGUMENT);
      return v ? force(f, v, State.StartSet) : Act.Fail;
    }
    case State.StartSet:
      return begin(f);
    case State.Operator:
      if (!expectFunction(acc(), '')) return Act.Fail;
      traceOff(f);
      setSlot(f, FUNCTION, acc());
      return run(f, State.Next);
  }
  return run(f, stateOf(f));
}

function begin(f: usize): i32 {
  const start = acc();
  if (!expectList(start, START_SET)) return Act.Fail;
  if (!listLen(start)) return done(start);
  setSlot(f, QUEUE, vectorNew(8));
  setSlot(f, RESULT, vectorNew(listLen(start)));
  setSlot(f, KEYS, vectorNew(listLen(start)));
  enqueue(f, start);
  const v = requireAttr(slot(f, FUNCTION), nameSymbol(Name.Operator), IN_ARGUMENT);
  if (!v) return Act.Fail;
  traceOn(f, 0, OPERATOR);
  return force(f, v, State.Operator);
}
function enqueue(f: usize, list: usize): void {
  const n = <u32>slotInt(f, QUEUED);
  const queue = vectorReserve(slot(f, QUEUE), n + 1);
  store<u32>(queue + ((<usize>n) << 2), <u32>list, 4);
  setSlot(f, QUEUE, queue);
  setSlotInt(f, QUEUED, n + 1);
}

/** Runs from one state to the next until something must be waited for. */
function run(f: usize, from: i32): i32 {
  let state = from;
  for (;;) {
    switch (state) {
      case State.Next:
        if (!take(f)) return done(vectorToList(slot(f, RESULT), <u32>slotInt(f, COUNT)));
        setSlotInt(f, PHASE, Phase.Element);
        if (!forced(slot(f, ELEMENT))) return force(f, slot(f, ELEMENT), State.Element);
        state = State.Element;
        break;
      case State.Element: {
        const key = keyOf(f);
        if (!key) return fail(f);
        setSlotInt(f, PHASE, Phase.None);
        setSlot(f, KEY, key);
        if (!forced(key)) return force(f, key, State.Key);
        state = State.Key;
        break;
      }
      case State.Key:
        setSlot(f, KEY, deref(slot(f, KEY)));
        state = lookUp(f);
        break;
      case State.Compared:
        descend(f, acc() == TRUE);
        state = State.Walk;
        break;
      case State.Walk: {
        const n = <u32>slotInt(f, CURSOR);
        if (!n) {
          state = State.Last;
          break;
        }
        const less = lessAtOnce(slot(f, KEY), keyNumber(f, n));
        if (less < 0) return compare(f, slot(f, KEY), keyNumber(f, n), State.Compared);
        descend(f, <bool>less);
        break;
      }
      case State.Last: {
        const n = neighbour(f);
        const less = n ? lessAtOnce(keyNumber(f, n), slot(f, KEY)) : 1;
        if (less < 0) return compare(f, keyNumber(f, n), slot(f, KEY), State.ComparedLast);
        state = less ? State.Add : State.Next;
        break;
      }
      case State.ComparedLast:
        state = acc() == TRUE ? State.Add : State.Next;
        break;
      case State.Add:
        add(f);
        setSlotInt(f, PHASE, Phase.Operator);
        return call1(f, slot(f, FUNCTION), slot(f, ELEMENT), State.Returned);
      case State.Returned:
        if (!expectList(acc(), RETURNED)) return fail(f);
        setSlot(f, NEW_LIST, acc());
        setSlotInt(f, NEW_INDEX, 0);
        state = State.Returning;
        break;
      case State.Returning: {
        const list = slot(f, NEW_LIST);
        const n = listLen(list);
        let i = <u32>slotInt(f, NEW_INDEX);
        while (i < n && forced(listGet(list, i))) i++;
        if (i < n) {
          setSlotInt(f, NEW_INDEX, i);
          return force(f, listGet(list, i), State.Returning);
        }
        if (n) enqueue(f, list);
        setSlotInt(f, PHASE, Phase.None);
        state = State.Next;
        break;
      }
      default:
        return Act.Fail;
    }
  }
  return Act.Fail;
}

/** Takes the next element of the queue in hand, if there is one. */
function take(f: usize): bool {
  const at = slotInt(f, LIST);
  if (at == slotInt(f, QUEUED)) return false;
  const list = <usize>load<u32>(slot(f, QUEUE) + ((<usize>at) << 2), 4);
  const i = <u32>slotInt(f, INDEX);
  setSlot(f, ELEMENT, listGet(list, i));
  if (i + 1 < listLen(list)) setSlotInt(f, INDEX, i + 1);
  else {
    setSlotInt(f, LIST, at + 1);
    setSlotInt(f, INDEX, 0);
  }
  return true;
}
/** The `key` of the element in hand, or 0 after an error. */
function keyOf(f: usize): usize {
  const e = deref(slot(f, ELEMENT));
  if (!expectAttrs(e, '')) return 0;
  const sym = nameSymbol(Name.Key);
  const key = attrsGet(e, sym);
  return key ? key : failMissing(sym, '');
}

/** The key in hand is forced: whether it is new, or that the tree must say. */
function lookUp(f: usize): State {
  const key = slot(f, KEY);
  const k = kindOf(key);
  const wanted = k == KIND_INT ? Mode.Integers : k == KIND_STRING ? Mode.Strings : Mode.Tree;
  const mode = slotInt(f, MODE);
  const count = <u32>slotInt(f, COUNT);
  if (mode == Mode.None) {
    setSlotInt(f, MODE, wanted);
    setSlot(f, KNOWN, wanted == Mode.Tree ? keyTreeNew(8) : keyTableNew());
  } else if (mode != wanted && mode != Mode.Tree) growTree(f, count);
  if (slotInt(f, MODE) == Mode.Tree) {
    setSlotInt(f, CURSOR, <i32>keyTreeRoot(slot(f, KNOWN)));
    setSlotInt(f, PARENT, 0);
    setSlotInt(f, WENT_LEFT, 1);
    return State.Walk;
  }
  const table = keyTableReserve(slot(f, KNOWN), count + 1);
  setSlot(f, KNOWN, table);
  return keyTableAdd(table, slot(f, KEYS), key, count) ? State.Add : State.Next;
}
/** Makes a tree of the keys so far, which are all integers or all strings, and all different. */
function growTree(f: usize, count: u32): void {
  const tree = keyTreeNew(count + 8);
  for (let n: u32 = 1; n <= count; n++) {
    let parent: u32 = 0;
    let left = true;
    let at = keyTreeRoot(tree);
    while (at) {
      parent = at;
      left = lessAtOnce(keyNumber(f, n), keyNumber(f, at)) == 1;
      at = left ? keyTreeLeft(tree, at) : keyTreeRight(tree, at);
    }
    keyTreeInsert(tree, n, parent, left);
  }
  setSlot(f, KNOWN, tree);
  setSlotInt(f, MODE, Mode.Tree);
}
function descend(f: usize, less: bool): void {
  const n = <u32>slotInt(f, CURSOR);
  const tree = slot(f, KNOWN);
  setSlotInt(f, PARENT, <i32>n);
  setSlotInt(f, WENT_LEFT, i32(less));
  setSlotInt(f, CURSOR, <i32>(less ? keyTreeLeft(tree, n) : keyTreeRight(tree, n)));
}
/** The greatest key that may be equal to the one in hand: where the search ended, or the one before; 0 if none is. */
function neighbour(f: usize): u32 {
  const n = <u32>slotInt(f, PARENT);
  return n && slotInt(f, WENT_LEFT) ? keyTreePrevious(slot(f, KNOWN), n) : n;
}
function compare(f: usize, x: usize, y: usize, next: State): i32 {
  setSlotInt(f, PHASE, Phase.Compare);
  return callProc(f, Proc.less, x, y, tag(0), tag(0), next);
}

/** Adds the element in hand to the result. */
function add(f: usize): void {
  const count = <u32>slotInt(f, COUNT);
  const keys = vectorReserve(slot(f, KEYS), count + 1);
  const result = vectorReserve(slot(f, RESULT), count + 1);
  store<u32>(keys + ((<usize>count) << 2), <u32>slot(f, KEY), 4);
  store<u32>(result + ((<usize>count) << 2), <u32>slot(f, ELEMENT), 4);
  setSlot(f, KEYS, keys);
  setSlot(f, RESULT, result);
  setSlotInt(f, COUNT, count + 1);
  if (slotInt(f, MODE) != Mode.Tree) return;
  const tree = keyTreeReserve(slot(f, KNOWN), count);
  setSlot(f, KNOWN, tree);
  keyTreeInsert(tree, count + 1, <u32>slotInt(f, PARENT), slotInt(f, WENT_LEFT) != 0);
}
function fail(f: usize): i32 {
  explain(f);
  return Act.Fail;
}
