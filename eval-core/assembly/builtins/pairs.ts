/** `listToAttrs` and `zipAttrsWith`: sets from lists of sets. */
import { expectAttrs } from '../diag/check';
import { Proc } from '../gen/builtins';
import { KIND_ATTRS } from '../value/kinds';
import { deref, emptyAttrs, kindOf, listGet, listLen, tag } from '../value/layout';
import { DUP_FIRST, attrsAdd, attrsBegin, attrsCount, attrsFinish, attrsPos, attrsShape, attrsValue, shapeFind } from '../value/shapes';
import { Act, done, force, setSlotInt, slot, slotInt, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { zippedSets } from './groups';
import { symbolOfString } from './names';
import { Name, expectPlainStringAt, failMissing, forced, later, nameSymbol } from './support';

const PAIR: string = 'in a {name=...; value=...;} pair';
const PAIR_ELEMENT: string = 'while evaluating an element of the list passed to builtins.listToAttrs';
const PAIR_NAME: string = 'while evaluating the `name` attribute of an element of the list passed to builtins.listToAttrs';

/** All elements are forced, with forced plain strings for names. Of equal names the first wins, and only its value must be there. */
function setOfPairs(list: usize): usize {
  const n = listLen(list);
  if (!n) return emptyAttrs();
  const name = nameSymbol(Name.Name);
  const value = nameSymbol(Name.Value);
  const mark = attrsBegin();
  let missing = false;
  for (let i: u32 = 0; i < n; i++) {
    const pair = deref(listGet(list, i));
    const shape = attrsShape(pair);
    const sym = symbolOfString(deref(attrsValue(pair, shapeFind(shape, name))));
    const at = shapeFind(shape, value);
    missing = missing || at < 0;
    attrsAdd(sym, at < 0 ? 0 : attrsValue(pair, at), at < 0 ? 0 : attrsPos(pair, at));
  }
  const set = attrsFinish(mark, DUP_FIRST);
  if (missing) {
    const count = attrsCount(set);
    for (let i: u32 = 0; i < count; i++) if (!attrsValue(set, i)) return failMissing(value, PAIR);
  }
  return set;
}

const enum Pair {
  /** the error is raised */
  Failed = 0,
  Ready,
  /** the element must be forced */
  Element,
  /** its name must be forced */
  Name,
}
/** Looks at one element of the list; the symbol of its name is interned when it is ready. */
function inspect(raw: usize): Pair {
  const pair = forced(raw);
  if (!pair) return Pair.Element;
  if (!expectAttrs(pair, PAIR_ELEMENT)) return Pair.Failed;
  const at = shapeFind(attrsShape(pair), nameSymbol(Name.Name));
  if (at < 0) {
    failMissing(nameSymbol(Name.Name), PAIR);
    return Pair.Failed;
  }
  const name = forced(attrsValue(pair, at));
  if (!name) return Pair.Name;
  if (!expectPlainStringAt(name, attrsPos(pair, at), PAIR_NAME)) return Pair.Failed;
  symbolOfString(name);
  return Pair.Ready;
}

export function builtin_listToAttrs(a: usize): usize {
  const list = arg(a, 0);
  const n = listLen(list);
  for (let i: u32 = 0; i < n; i++) {
    const found = inspect(listGet(list, i));
    if (found == Pair.Ready) continue;
    return found == Pair.Failed ? 0 : later(Proc.listToAttrsForcing, list, tag(i));
  }
  return setOfPairs(list);
}
/** Slots: list, index. */
export function proc_listToAttrsForcing(f: usize): i32 {
  const list = slot(f, 0);
  const n = listLen(list);
  traceOff(f);
  for (let i = <u32>slotInt(f, 1); i < n; i++) {
    const found = inspect(listGet(list, i));
    if (found == Pair.Ready) continue;
    if (found == Pair.Failed) return Act.Fail;
    setSlotInt(f, 1, i);
    if (found == Pair.Element) return force(f, listGet(list, i), 1);
    const pair = deref(listGet(list, i));
    const at = shapeFind(attrsShape(pair), nameSymbol(Name.Name));
    traceOn(f, attrsPos(pair, at), PAIR_NAME);
    return force(f, attrsValue(pair, at), 1);
  }
  return done(setOfPairs(list));
}

// ---- zipAttrsWith

const ZIP_ELEMENT: string = 'while evaluating a value of the list passed as second argument to builtins.zipAttrsWith';

export function builtin_zipAttrsWith(a: usize): usize {
  const list = arg(a, 1);
  const n = listLen(list);
  for (let i: u32 = 0; i < n; i++) {
    const set = forced(listGet(list, i));
    if (!set) return later(Proc.zipAttrsWithForcing, arg(a, 0), list);
    if (kindOf(set) != KIND_ATTRS) return <usize>expectAttrs(set, ZIP_ELEMENT);
  }
  return zippedSets(arg(a, 0), list, n);
}
/** Slots: function, list, index. */
export function proc_zipAttrsWithForcing(f: usize): i32 {
  const list = slot(f, 1);
  const n = listLen(list);
  for (let i = <u32>slotInt(f, 2); i < n; i++) {
    const set = forced(listGet(list, i));
    if (!set) {
      setSlotInt(f, 2, i);
      return force(f, listGet(list, i), 1);
    }
    if (!expectAttrs(set, ZIP_ELEMENT)) return Act.Fail;
  }
  return done(zippedSets(slot(f, 0), list, n));
}
