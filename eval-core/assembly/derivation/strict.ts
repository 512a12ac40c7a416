/**
 * `derivationStrict`: a derivation from a set of attributes (Nix manual, "Derivations"). The attributes are looked at in the order of
 * their names; each becomes a variable of the builder's environment, or with `__structuredAttrs` a member of one JSON object.
 *
 * The procedure only gathers; what it gathered becomes the draft (draft.ts) and store paths (compute.ts) in one step.
 */
import { coerce } from '../builtins/coercion';
import { sendWarning } from '../builtins/host';
import { coerceQuick } from '../builtins/quick';
import { COERCE_COPY, COERCE_MORE } from '../compile/coercion';
import { expectBool, expectList, expectPlainString } from '../diag/check';
import { Err, addTrace, msgArgSym, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { Feature } from '../settings';
import { KIND_NULL } from '../value/kinds';
import { FALSE, NULL, TRUE, deref, isValue, kindOf, listGet, listLen, mkCells, setCell, strBytes, strLen, tag } from '../value/layout';
import { attrsCount, attrsShape, attrsSymbol, attrsValue, shapeFind, shapeNameOrder } from '../value/shapes';
import { Act, STATE_ERROR, acc, callProc, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { ADDRESSED, D, IGNORE_NULLS, IMPURE, JSON_GIVEN, STRUCTURED, attrIndex, flag, setFlag, traceError } from './frame';
import { addContext, jsonGiven, parseJson, takeFlag, takeMember, takeString, warnDisabled } from './gather';
import { instantiate, instantiateStep } from './instantiate';
import { msgNameFault, nameFault } from './names';
import { Word, wordOf, wordSymbol } from './words';

const NAME_CTX: string = 'while evaluating the `name` attribute passed to builtins.derivationStrict';
const STRUCTURED_CTX: string = 'while evaluating the `__structuredAttrs` attribute passed to builtins.derivationStrict';
const NULLS_CTX: string = 'while evaluating the `__ignoreNulls` attribute passed to builtins.derivationStrict';

const enum S {
  Start = 0,
  Name,
  Structured,
  IgnoreNulls,
  Attr,
  NullChecked,
  Value,
  ArgList,
  Arg,
  Coerced,
  Json,
  Warned,
  JsonGiven,
  JsonText,
  /** all attributes are known: instantiate.ts goes on */
  Finished,
}

// ---- the steps before the attributes

function start(f: usize): i32 {
  const a = slot(f, D.Attrs);
  const i = shapeFind(attrsShape(a), wordSymbol(Word.Name));
  if (i < 0) {
    msgBegin();
    msgLit("attribute '");
    msgArgSym(wordSymbol(Word.Name));
    msgLit("' missing");
    raise(Err.Type);
    msgBegin();
    msgLit('in the attrset passed as argument to builtins.derivationStrict');
    addTrace(0);
    return Act.Fail;
  }
  setSlotInt(f, D.Phase, 1);
  traceOn(f, 0, NAME_CTX);
  return force(f, attrsValue(a, i), S.Name);
}

function begin(f: usize, name: usize): bool {
  if (!expectPlainString(name, '')) return false;
  traceOff(f);
  setSlot(f, D.Name, name);
  setSlotInt(f, D.Phase, 2);
  const fault = nameFault(strBytes(name), strLen(name));
  if (fault) {
    msgBegin();
    msgLit('invalid derivation name: ');
    msgNameFault(fault, strBytes(name), strLen(name));
    msgLit(". Please pass a different '");
    msgArgSym(wordSymbol(Word.Name));
    msgLit("'.");
    raise(Err.Eval);
    return false;
  }
  setSlot(f, D.Env, mkCells(attrsCount(slot(f, D.Attrs)) * 2 + 2));
  setSlot(f, D.Args, NULL);
  setSlot(f, D.Builder, NULL);
  setSlot(f, D.Platform, NULL);
  setSlot(f, D.Outputs, NULL);
  setSlot(f, D.Hash, NULL);
  setSlotInt(f, D.HashAlgo, -1);
  setSlotInt(f, D.Method, -1);
  return true;
}
/** Forces a flag of the set, or goes to `next` with FALSE. */
function flagAttr(f: usize, w: Word, next: i32): i32 {
  const a = slot(f, D.Attrs);
  const i = shapeFind(attrsShape(a), wordSymbol(w));
  traceOn(f, 0, w == Word.IgnoreNulls ? NULLS_CTX : STRUCTURED_CTX);
  return force(f, i < 0 ? FALSE : attrsValue(a, i), next);
}

// ---- the procedure

/** The next attribute that is not `__ignoreNulls`: its index in the shape, or -1 at the end. */
function nextAttr(f: usize): i32 {
  const a = slot(f, D.Attrs);
  const n = attrsCount(a);
  const order = shapeNameOrder(attrsShape(a));
  for (let k = <u32>slotInt(f, D.Index); k < n; k++) {
    const i = load<u32>(order + ((<usize>k) << 2));
    if (attrsSymbol(a, i) == wordSymbol(Word.IgnoreNulls)) continue;
    setSlotInt(f, D.Index, k);
    return i;
  }
  return -1;
}
function advance(f: usize): void {
  setSlotInt(f, D.Index, slotInt(f, D.Index) + 1);
}

/** What to do with the attribute at hand. */
function route(f: usize, i: u32): S {
  const a = slot(f, D.Attrs);
  switch (wordOf(attrsSymbol(a, i))) {
    case Word.ContentAddressed:
    case Word.Impure:
    case Word.Args:
      return S.Value;
    case Word.StructuredAttrs:
      if (flag(f, STRUCTURED)) return S.Finished;
      break;
  }
  return flag(f, STRUCTURED) ? S.Json : S.Coerced;
}

function takeValue(f: usize, i: u32): bool {
  const a = slot(f, D.Attrs);
  const w = wordOf(attrsSymbol(a, i));
  if (w == Word.ContentAddressed) return takeFlag(f, ADDRESSED, Feature.CaDerivations, 'ca-derivations');
  if (w == Word.Impure) return takeFlag(f, IMPURE, Feature.ImpureDerivations, 'impure-derivations');
  const list = acc();
  if (!expectList(list, '')) return false;
  setSlot(f, D.List, list);
  setSlotInt(f, D.ListIndex, 0);
  setSlot(f, D.Args, mkCells(listLen(list) + 1));
  setSlotInt(f, D.ArgCount, 0);
  return true;
}

/** Coerces arguments until one must wait: an action, or -1 at the end of the list. */
function takeArgs(f: usize): i32 {
  const list = slot(f, D.List);
  const n = listLen(list);
  for (let i = <u32>slotInt(f, D.ListIndex); i < n; i++) {
    setSlotInt(f, D.ListIndex, i);
    const s = coerceQuick(listGet(list, i));
    if (!s) return coerce(f, listGet(list, i), COERCE_MORE | COERCE_COPY, 'while evaluating an element of the argument list', S.Arg);
    takeArg(f, s);
  }
  return -1;
}
function takeArg(f: usize, s: usize): void {
  const n = slotInt(f, D.ArgCount);
  addContext(f, s);
  setCell(slot(f, D.Args), n, s);
  setSlotInt(f, D.ArgCount, n + 1);
}

export function builtin_derivationStrict(f: usize): i32 {
  let state = stateOf(f);
  if (state == STATE_ERROR) {
    traceError(f);
    return Act.Fail;
  }
  let i: i32 = state > S.Attr && state < S.Finished ? attrIndex(f) : 0;
  for (;;) {
    switch (state) {
      case S.Start:
        return start(f);
      case S.Name:
        if (!begin(f, acc())) return Act.Fail;
        return flagAttr(f, Word.StructuredAttrs, S.Structured);
      case S.Structured:
        if (!expectBool(acc(), '')) return Act.Fail;
        if (acc() == TRUE) setFlag(f, STRUCTURED);
        return flagAttr(f, Word.IgnoreNulls, S.IgnoreNulls);
      case S.IgnoreNulls:
        if (!expectBool(acc(), '')) return Act.Fail;
        traceOff(f);
        if (acc() == TRUE) setFlag(f, IGNORE_NULLS);
        state = S.Attr;
        break;
      case S.Attr:
        i = nextAttr(f);
        if (i < 0) {
          setSlotInt(f, D.Phase, 2);
          return instantiate(f);
        }
        setSlotInt(f, D.Phase, 3);
        state = S.NullChecked;
        if (flag(f, IGNORE_NULLS)) {
          const v = deref(attrsValue(slot(f, D.Attrs), i));
          if (!isValue(v)) return force(f, v, S.NullChecked);
        }
        break;
      case S.NullChecked: {
        const v = attrsValue(slot(f, D.Attrs), i);
        if (flag(f, IGNORE_NULLS) && kindOf(deref(v)) == KIND_NULL) {
          advance(f);
          state = S.Attr;
          break;
        }
        const where = route(f, i);
        if (where == S.Value) return force(f, v, S.Value);
        if (where == S.Json) return callProc(f, Proc.toJsonText, v, tag(0), tag(0), tag(0), S.Json);
        state = S.Attr;
        if (where == S.Coerced) {
          const s = coerceQuick(v);
          if (!s) return coerce(f, v, COERCE_MORE | COERCE_COPY, '', S.Coerced);
          if (attrsSymbol(slot(f, D.Attrs), i) == wordSymbol(Word.Json)) return jsonGiven(f, s, S.JsonGiven);
          if (!takeString(f, i, s)) return Act.Fail;
        }
        advance(f);
        break;
      }
      case S.Value: {
        if (!takeValue(f, i)) return Act.Fail;
        state = S.Attr;
        if (attrsSymbol(slot(f, D.Attrs), i) == wordSymbol(Word.Args)) {
          const act = takeArgs(f);
          if (act >= 0) return act;
        }
        advance(f);
        break;
      }
      case S.Arg: {
        takeArg(f, acc());
        setSlotInt(f, D.ListIndex, slotInt(f, D.ListIndex) + 1);
        const act = takeArgs(f);
        if (act >= 0) return act;
        advance(f);
        state = S.Attr;
        break;
      }
      case S.Coerced:
        if (attrsSymbol(slot(f, D.Attrs), i) == wordSymbol(Word.Json)) return jsonGiven(f, acc(), S.JsonGiven);
        if (!takeString(f, i, acc())) return Act.Fail;
        advance(f);
        state = S.Attr;
        break;
      case S.Json:
        if (!takeMember(f, i, acc())) return Act.Fail;
        if (warnDisabled(f, wordOf(attrsSymbol(slot(f, D.Attrs), i)))) return sendWarning(f, S.Warned);
        advance(f);
        state = S.Attr;
        break;
      case S.JsonGiven: {
        const parsed = parseJson(slot(f, D.Json));
        if (!parsed) return Act.Fail;
        return callProc(f, Proc.toJsonText, parsed, tag(0), tag(0), tag(0), S.JsonText);
      }
      case S.JsonText:
        setSlot(f, D.Json, acc());
        setFlag(f, JSON_GIVEN);
        advance(f);
        state = S.Attr;
        break;
      case S.Warned:
        advance(f);
        state = S.Attr;
        break;
      default:
        return instantiateStep(f, state);
    }
  }
  return Act.Fail;
}
