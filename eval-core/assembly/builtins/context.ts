/** String contexts as values: hasContext, getContext, appendContext, and those that change what is in them. */
import { msgArgValue, msgShowType } from '../diag/check';
import { Err, addTraceLit, msgArgInt, msgArgStr, msgArgSym, msgArgSymBytes, msgBegin, msgLit, raise, raiseAt } from '../diag/errors';
import { Req, requestBegin, requestBytes, requestNumber } from '../requests';
import { readOnly } from '../settings';
import { contextAdd, contextCount, contextElement, contextOf, contextWithout } from '../value/context';
import { KIND_ATTRS, KIND_LIST } from '../value/kinds';
import {
  NULL,
  TRUE,
  FALSE,
  allocList,
  kindOf,
  listGet,
  listLen,
  listSet,
  mkBool,
  mkString,
  strBytes,
  strContext,
  strLen,
  tag,
} from '../value/layout';
import {
  DUP_LAST,
  attrsAdd,
  attrsBegin,
  attrsCount,
  attrsFinish,
  attrsPos,
  attrsShape,
  attrsSymbol,
  attrsValue,
  shapeFind,
} from '../value/shapes';
import { symbolBytes, symbolIntern, symbolLen, symbolString } from '../value/symbols';
import { Act, acc, awaitHost, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { arg } from './args';
import { coerce } from './coercion';
import { answered } from './host';
import { expectPlainStringAt } from './support';
import {
  Element,
  deepElement,
  deepPath,
  elementDrv,
  elementInner,
  elementKind,
  elementOutput,
  outputElement,
} from '../derivation/elements';
import { COERCE_COPY } from '../compile/coercion';
import { bufData, bufReset } from '../heap/text';
import { pairAdd, pairCount, pairFirst, pairSecond } from '../derivation/draft';
import { By, sortPairs } from '../derivation/order';
import { isDrvName, isStorePath } from '../derivation/store-path';
import { Word, wordSymbol } from '../derivation/words';

export function builtin_hasContext(a: usize): usize {
  return mkBool(strContext(arg(a, 0)) != 0);
}

const DISCARD: string = 'while evaluating the argument passed to builtins.unsafeDiscardStringContext';
const DISCARD_OUTPUTS: string = 'while evaluating the argument passed to builtins.unsafeDiscardOutputDependency';
const ADD_OUTPUTS: string = 'while evaluating the argument passed to builtins.addDrvOutputDependencies';

export function builtin_unsafeDiscardStringContext(f: usize): i32 {
  if (stateOf(f) == 0) return coerce(f, slot(f, 0), COERCE_COPY, DISCARD, 1);
  return done(strContext(acc()) ? mkString(strBytes(acc()), strLen(acc()), 0) : acc());
}

export function builtin_unsafeDiscardOutputDependency(f: usize): i32 {
  if (stateOf(f) == 0) return coerce(f, slot(f, 0), COERCE_COPY, DISCARD_OUTPUTS, 1);
  const s = acc();
  const c = strContext(s);
  let out = c;
  for (let i: u32 = 0; i < contextCount(c); i++) {
    const e = contextElement(c, i);
    if (elementKind(e) == Element.Deep) out = contextAdd(contextWithout(out, e), deepPath(e));
  }
  return done(out == c ? s : mkString(strBytes(s), strLen(s), out));
}

export function builtin_addDrvOutputDependencies(f: usize): i32 {
  if (stateOf(f) == 0) return coerce(f, slot(f, 0), COERCE_COPY, ADD_OUTPUTS, 1);
  const s = acc();
  const c = strContext(s);
  if (contextCount(c) != 1) {
    msgBegin();
    msgLit("context of string '");
    msgArgStr(s);
    msgLit("' must have exactly one element, but has ");
    msgArgInt(contextCount(c));
    raise(Err.Eval);
    return Act.Fail;
  }
  const e = contextElement(c, 0);
  if (elementKind(e) == Element.Deep) return done(s);
  if (elementKind(e) == Element.Output) {
    msgBegin();
    msgLit("`addDrvOutputDependencies` can only act on derivations, not on a derivation output such as '");
    msgArgSymBytes(elementOutput(e));
    msgLit("'");
    raise(Err.Eval);
    return Act.Fail;
  }
  if (!isDrvName(symbolBytes(e), symbolLen(e))) {
    msgBegin();
    msgLit("path '");
    msgArgSymBytes(e);
    msgLit("' is not a derivation");
    raise(Err.Eval);
    return Act.Fail;
  }
  return done(mkString(strBytes(s), strLen(s), contextOf(deepElement(e))));
}

// ---- getContext

const ENTRIES: usize = memory.data(12, 4);

/** The derivation or path that an element is about. */
function elementPath(e: u32): u32 {
  switch (elementKind(e)) {
    case Element.Path:
      return e;
    case Element.Deep:
      return deepPath(e);
  }
  return elementDrv(e);
}

export function builtin_getContext(a: usize): usize {
  const c = strContext(arg(a, 0));
  const n = contextCount(c);
  for (let i: u32 = 0; i < n; i++) {
    const e = contextElement(c, i);
    if (elementKind(e) == Element.Output && elementInner(e)) return failUnbuilt(elementInner(e));
  }
  bufReset(ENTRIES);
  for (let i: u32 = 0; i < n; i++) pairAdd(ENTRIES, elementPath(contextElement(c, i)), contextElement(c, i));
  sortPairs(bufData(ENTRIES), pairCount(ENTRIES), By.Name);
  const mark = attrsBegin();
  let from: u32 = 0;
  while (from < n) {
    const path = pairFirst(ENTRIES, from);
    let to = from;
    while (to < n && pairFirst(ENTRIES, to) == path) to++;
    attrsAdd(path, contextInfo(from, to), 0);
    from = to;
  }
  return attrsFinish(mark, DUP_LAST);
}
/** A derivation that is itself made by one has no path yet. */
function failUnbuilt(inner: u32): usize {
  msgBegin();
  msgLit("cannot operate on output '");
  msgArgSymBytes(elementOutput(inner));
  msgLit("' of the unbuilt derivation '");
  msgArgSymBytes(elementDrv(inner));
  msgLit("'");
  return raise(Err.Plain);
}
/** What is said of one path by the sorted elements `from` to `to`. */
function contextInfo(from: u32, to: u32): usize {
  const mark = attrsBegin();
  let outputs: u32 = 0;
  for (let i = from; i < to; i++) {
    const kind = elementKind(pairSecond(ENTRIES, i));
    if (kind == Element.Path) attrsAdd(wordSymbol(Word.Path), TRUE, 0);
    else if (kind == Element.Deep) attrsAdd(wordSymbol(Word.AllOutputs), TRUE, 0);
    else outputs++;
  }
  if (outputs) {
    const list = allocList(outputs);
    let at: u32 = 0;
    for (let i = from; i < to; i++) {
      const e = pairSecond(ENTRIES, i);
      if (elementKind(e) == Element.Output) listSet(list, at++, symbolString(elementOutput(e)));
    }
    attrsAdd(wordSymbol(Word.Outputs), list, 0);
  }
  return attrsFinish(mark, DUP_LAST);
}

// ---- appendContext

const VALUE: string = 'while evaluating the value of a string context';
const PATH: string = 'while evaluating the `path` attribute of a string context';
const ALL: string = 'while evaluating the `allOutputs` attribute of a string context';
const OUTPUTS: string = 'while evaluating the `outputs` attribute of a string context';
const OUTPUT: string = 'while evaluating an output name within a string context';

const enum S {
  Text = 0,
  Set,
  Index,
  Context,
  Info,
  List,
  ListIndex,
}
const enum State {
  Entry = 0,
  Valid,
  Info,
  Path,
  All,
  Outputs,
  Output,
}

function add(f: usize, e: u32): void {
  const c = slot(f, S.Context);
  setSlot(f, S.Context, contextAdd(c & 1 ? 0 : c, e));
}
/** Forces an attribute of the entry, or goes to `next` with `missing`. */
function entryAttr(f: usize, w: Word, ctx: string, next: State): i32 {
  const info = slot(f, S.Info);
  const i = shapeFind(attrsShape(info), wordSymbol(w));
  if (i < 0) return force(f, NULL, next);
  if (ctx.length) traceOn(f, attrsPos(info, i), ctx);
  return force(f, attrsValue(info, i), next);
}
function entryPos(f: usize, w: Word): u32 {
  const info = slot(f, S.Info);
  const i = shapeFind(attrsShape(info), wordSymbol(w));
  return i < 0 ? 0 : attrsPos(info, i);
}
/** A Boolean that was forced (NULL: the attribute is not there); -1 after an error. */
function entryBool(f: usize, w: Word): i32 {
  const v = acc();
  if (v == NULL && !hasAttr(f, w)) return 0;
  if (kindOfBool(v)) {
    traceOff(f);
    return v == TRUE ? 1 : 0;
  }
  failTyped('a Boolean', v, entryPos(f, w));
  return -1;
}
function kindOfBool(v: usize): bool {
  return v == TRUE || v == FALSE;
}
function hasAttr(f: usize, w: Word): bool {
  return shapeFind(attrsShape(slot(f, S.Info)), wordSymbol(w)) >= 0;
}
/** A type error that has a position in its trace line alone: sets and lists, where only the type is told. */
function failUnplaced(what: string, v: usize, pos: u32, ctx: string): void {
  failTyped(what, v, 0);
  addTraceLit(pos, ctx);
}
/** A type error at a position; its trace line is the frame's. */
function failTyped(what: string, v: usize, pos: u32): void {
  msgBegin();
  msgLit('expected ');
  msgLit(what);
  msgLit(' but found ');
  msgShowType(v);
  msgLit(': ');
  msgArgValue(v);
  raiseAt(Err.Type, pos);
}

/** Slots: see S. */
export function builtin_appendContext(f: usize): i32 {
  const set = slot(f, S.Set);
  const i = <u32>slotInt(f, S.Index);
  switch (stateOf(f)) {
    case State.Entry:
      if (i == 0 && slot(f, S.Context) == tag(0)) setSlot(f, S.Context, strContext(slot(f, S.Text)) ? strContext(slot(f, S.Text)) : tag(0));
      if (i == attrsCount(set)) return appended(f);
      return enterEntry(f, attrsSymbol(set, i), attrsPos(set, i));
    case State.Valid:
      if (!answered(symbolBytes(attrsSymbol(set, i)), symbolLen(attrsSymbol(set, i)))) return Act.Fail;
      return forceEntry(f);
    case State.Info:
      if (kindOf(acc()) != KIND_ATTRS) {
        failUnplaced('a set', acc(), attrsPos(set, i), VALUE);
        return Act.Fail;
      }
      setSlot(f, S.Info, acc());
      return entryAttr(f, Word.Path, PATH, State.Path);
    case State.Path: {
      const b = entryBool(f, Word.Path);
      if (b < 0) return Act.Fail;
      if (b) add(f, attrsSymbol(set, i));
      return entryAttr(f, Word.AllOutputs, ALL, State.All);
    }
    case State.All: {
      const b = entryBool(f, Word.AllOutputs);
      if (b < 0) return Act.Fail;
      const path = attrsSymbol(set, i);
      if (b && !isDrvName(symbolBytes(path), symbolLen(path)))
        return failNotDrv('tried to add all-outputs context of ', path, attrsPos(set, i));
      if (b) add(f, deepElement(path));
      return entryAttr(f, Word.Outputs, '', State.Outputs);
    }
    case State.Outputs: {
      if (!hasAttr(f, Word.Outputs)) return nextEntry(f);
      if (kindOf(acc()) != KIND_LIST) {
        failUnplaced('a list', acc(), entryPos(f, Word.Outputs), OUTPUTS);
        return Act.Fail;
      }
      const path = attrsSymbol(set, i);
      if (listLen(acc()) && !isDrvName(symbolBytes(path), symbolLen(path)))
        return failNotDrv('tried to add derivation output context of ', path, attrsPos(set, i));
      setSlot(f, S.List, acc());
      setSlotInt(f, S.ListIndex, 0);
      return nextOutput(f);
    }
    case State.Output:
      traceOff(f);
      if (!expectPlainStringAt(acc(), entryPos(f, Word.Outputs), OUTPUT)) return Act.Fail;
      add(f, outputElement(symbolIntern(strBytes(acc()), strLen(acc())), attrsSymbol(set, i)));
      setSlotInt(f, S.ListIndex, slotInt(f, S.ListIndex) + 1);
      return nextOutput(f);
  }
  return Act.Fail;
}
function enterEntry(f: usize, path: u32, pos: u32): i32 {
  if (!isStorePath(symbolBytes(path), symbolLen(path))) {
    msgBegin();
    msgLit("context key '");
    msgArgSym(path);
    msgLit("' is not a store path");
    raiseAt(Err.Eval, pos);
    return Act.Fail;
  }
  if (readOnly()) return forceEntry(f);
  requestBegin(Req.QueryPath);
  requestBytes(symbolBytes(path), symbolLen(path));
  requestNumber(1);
  return awaitHost(f, State.Valid);
}
function forceEntry(f: usize): i32 {
  const i = slotInt(f, S.Index);
  return force(f, attrsValue(slot(f, S.Set), i), State.Info);
}
function nextOutput(f: usize): i32 {
  const list = slot(f, S.List);
  const k = slotInt(f, S.ListIndex);
  if (<u32>k == listLen(list)) return nextEntry(f);
  traceOn(f, entryPos(f, Word.Outputs), OUTPUT);
  return force(f, listGet(list, k), State.Output);
}
function nextEntry(f: usize): i32 {
  const i = <u32>slotInt(f, S.Index) + 1;
  setSlotInt(f, S.Index, i);
  const set = slot(f, S.Set);
  return i == attrsCount(set) ? appended(f) : enterEntry(f, attrsSymbol(set, i), attrsPos(set, i));
}
function appended(f: usize): i32 {
  const s = slot(f, S.Text);
  const c = slot(f, S.Context);
  return done(mkString(strBytes(s), strLen(s), c & 1 ? 0 : c));
}
function failNotDrv(before: string, path: u32, pos: u32): i32 {
  msgBegin();
  msgLit(before);
  msgArgSym(path);
  msgLit(', which is not a derivation, to a string');
  raiseAt(Err.Eval, pos);
  return Act.Fail;
}
