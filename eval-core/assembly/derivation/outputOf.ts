/** `outputOf`: the output of a derivation that may itself be an output; and the value of an imported `.drv`. */
import { expectPlainString } from '../diag/check';
import {
  Err,
  addTraceLit,
  msgArgInt,
  msgArgStr,
  msgArgSymBytes,
  msgBegin,
  msgBytes,
  msgClose,
  msgLit,
  msgOpen,
  raise,
} from '../diag/errors';
import { internalFunction } from '../builtins/registry';
import { rootAddress } from '../heap/state';
import { contextCount, contextElement, contextOf } from '../value/context';
import { EMPTY_STRING, NULL, allocList, listSet, mkString, strBytes, strContext, strLen } from '../value/layout';
import { DUP_LAST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { symbolBytes, symbolIntern, symbolLen, symbolString } from '../value/symbols';
import { Act, acc, call1, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { ENV, OUTPUTS, pairCount, pairFirst, pairSecond } from './draft';
import { Element, deepElement, elementDrv, elementInner, elementKind, elementOutput, outputElement, outputOfElement } from './elements';
import { outputString } from './instantiate';
import { answeredDerivation, askDerivation, nameOfDrv } from './modulo';
import { draftParse } from './parse';
import { IMPORTED_PATH, IMPORTED_SOURCE } from './source';
import { Word, wordSymbol } from './words';

const FIRST: string = 'while evaluating the first argument to builtins.outputOf';
const SECOND: string = 'while evaluating the second argument to builtins.outputOf';

const enum S {
  Drv = 0,
  Output,
  /** the element that the first argument is */
  Element,
  /** the element that is asked for, while its derivation is read */
  Asked,
}
const enum State {
  Start = 0,
  CheckRead,
  Output,
  ResultRead,
}

function failWith(): i32 {
  raise(Err.Eval);
  addTraceLit(0, FIRST);
  return Act.Fail;
}

/** Slots: see S. */
export function builtin_outputOf(f: usize): i32 {
  switch (stateOf(f)) {
    case State.Start:
      return begin(f);
    case State.CheckRead: {
      const text = readOutput(f);
      return text ? check(f, text) : Act.Fail;
    }
    case State.Output: {
      if (!expectPlainString(acc(), '')) return Act.Fail;
      traceOff(f);
      const name = symbolIntern(strBytes(acc()), strLen(acc()));
      return resolve(f, outputOfElement(name, slotInt(f, S.Element)), State.ResultRead);
    }
  }
  const text = readOutput(f);
  return text ? done(text) : Act.Fail;
}
function begin(f: usize): i32 {
  const s = slot(f, S.Drv);
  const c = strContext(s);
  if (contextCount(c) != 1) {
    msgBegin();
    msgLit("string '");
    msgArgStr(s);
    msgLit("' has ");
    msgArgInt(contextCount(c));
    msgLit(' entries in its context. It should only have exactly one entry');
    return failWith();
  }
  const e = contextElement(c, 0);
  if (elementKind(e) == Element.Deep) {
    msgBegin();
    msgLit("string '");
    msgArgStr(s);
    msgLit("' has a context which refers to a complete source and binary closure. This is not supported at this time");
    return failWith();
  }
  setSlotInt(f, S.Element, e);
  if (elementKind(e) == Element.Output) return resolve(f, e, State.CheckRead);
  return check(f, symbolString(e));
}
/** The string that stands for an output: at once for an output of an output, else when its derivation has been read. */
function resolve(f: usize, e: u32, next: State): i32 {
  if (!elementInner(e)) {
    setSlotInt(f, S.Asked, e);
    return askDerivation(f, symbolString(elementDrv(e)), next);
  }
  const s = outputString(e, 0);
  if (!s) return Act.Fail;
  return next == State.CheckRead ? check(f, s) : done(s);
}
/** The string of the output that was asked for, from its derivation's text; 0 after an error. */
function readOutput(f: usize): usize {
  const e = slotInt(f, S.Asked);
  const drv = symbolString(elementDrv(e));
  const text = answeredDerivation(drv, false);
  if (!text || !draftParse(strBytes(text), strLen(text), nameOfDrv(drv))) return 0;
  const n = pairCount(OUTPUTS);
  for (let i: u32 = 0; i < n; i++) if (pairFirst(OUTPUTS, i) == elementOutput(e)) return outputString(e, pairSecond(OUTPUTS, i));
  msgBegin();
  msgLit("derivation '");
  msgArgStr(drv);
  msgLit("' does not have output '");
  msgArgSymBytes(elementOutput(e));
  msgLit("'");
  raise(Err.Plain);
  return 0;
}
/** The first argument must be the string that its context stands for. */
function check(f: usize, expected: usize): i32 {
  const s = slot(f, S.Drv);
  if (strLen(s) == strLen(expected) && !memory.compare(strBytes(s), strBytes(expected), strLen(s))) {
    traceOn(f, 0, SECOND);
    return force(f, slot(f, S.Output), State.Output);
  }
  const e = slotInt(f, S.Element);
  msgBegin();
  if (elementKind(e) == Element.Path) {
    msgLit("path string '");
    msgArgStr(s);
    msgLit("' has context with the different path '");
    msgArgStr(expected);
    msgLit("'");
    return failWith();
  }
  msgLit("string '");
  msgArgStr(s);
  msgLit("' has context with the output '");
  msgArgSymBytes(elementOutput(e));
  msgLit("' from derivation '");
  msgOpen();
  msgDerivingPath(e);
  msgClose();
  msgLit("', but the string is not the right placeholder for this derivation output. It should be '");
  msgArgStr(expected);
  msgLit("'");
  return failWith();
}
/** The derivation of an element as Nix writes deriving paths: `PATH^OUTPUT` for an output. */
function msgDerivingPath(e: u32): void {
  const drv = elementDrv(e);
  msgBytes(symbolBytes(drv), symbolLen(drv));
  for (let inner = elementInner(e); inner; inner = elementInner(inner)) {
    msgLit('^');
    msgBytes(symbolBytes(elementOutput(inner)), symbolLen(elementOutput(inner)));
  }
}

// ---- import of a derivation

/** Root slot of the function that makes a derivation's value of its paths. */
const ROOT_IMPORTED: u32 = 49;

/** Slots: path of the `.drv` (string), the set of its paths → what `import` of it returns. */
export function proc_importDerivation(f: usize): i32 {
  const path = slot(f, 0);
  switch (stateOf(f)) {
    case 0:
      return askDerivation(f, path, 1);
    case 1: {
      const text = answeredDerivation(path, false);
      if (!text || !draftParse(strBytes(text), strLen(text), nameOfDrv(path))) return Act.Fail;
      const set = pathsOf(path);
      if (!set) return Act.Fail;
      setSlot(f, 1, set);
      const at = rootAddress(ROOT_IMPORTED);
      if (!load<u32>(at)) store<u32>(at, <u32>internalFunction(IMPORTED_SOURCE, IMPORTED_PATH));
      return force(f, <usize>load<u32>(at), 2);
    }
    case 2:
      return call1(f, acc(), slot(f, 1), 3);
  }
  return done(acc());
}
/** `drvPath`, `name`, `outputs` and each output's path, of the draft; 0 after an error. */
function pathsOf(path: usize): usize {
  const drv = symbolIntern(strBytes(path), strLen(path));
  const n = pairCount(OUTPUTS);
  const names = allocList(n);
  const mark = attrsBegin();
  attrsAdd(wordSymbol(Word.DrvPath), mkString(strBytes(path), strLen(path), contextOf(deepElement(drv))), 0);
  attrsAdd(wordSymbol(Word.Name), environmentName(), 0);
  attrsAdd(wordSymbol(Word.Outputs), names, 0);
  let good = true;
  for (let i: u32 = 0; i < n; i++) {
    const output = pairFirst(OUTPUTS, i);
    const s = outputString(outputElement(output, drv), pairSecond(OUTPUTS, i));
    good = good && s != 0;
    listSet(names, i, symbolString(output));
    attrsAdd(output, s ? s : NULL, 0);
  }
  const set = attrsFinish(mark, DUP_LAST);
  return good ? set : 0;
}
function environmentName(): usize {
  const n = pairCount(ENV);
  for (let i: u32 = 0; i < n; i++) if (pairFirst(ENV, i) == wordSymbol(Word.Name)) return <usize>pairSecond(ENV, i);
  return EMPTY_STRING;
}
