/**
 * `derivationStrict`: a derivation from a set of attributes (Nix manual, "Derivations"). The attributes are looked at in the order of
 * their names; each becomes a variable of the builder's environment, or with `__structuredAttrs` a member of one JSON object.
 *
 * The procedure only gathers; what it gathered becomes the draft (draft.ts) and store paths (compute.ts) in one step.
 */
import {
  E_MESSAGE,
  Err,
  addTrace,
  currentError,
  msgArgLit,
  msgArgStr,
  msgArgSym,
  msgBegin,
  msgClose,
  msgLit,
  msgOpen,
  msgPos,
  raise,
} from "../diag/errors";
import { expectBool, expectList, expectPlainString, expectString } from "../diag/check";
import { Proc } from "../gen/builtins";
import { coerce } from "../builtins/coercion";
import { builtin_fromJSON } from "../builtins/json-parse";
import { msgString, sendWarning } from "../builtins/host";
import { coerceQuick } from "../builtins/quick";
import { COERCE_COPY, COERCE_MORE } from "../compile/compile";
import { Feature, featureEnabled } from "../settings";
import { contextUnion } from "../value/context";
import { KIND_NULL } from "../value/kinds";
import { FALSE, NULL, TRUE, cell, deref, isValue, kindOf, listGet, listLen, mkCells, mkString, setCell, strBytes, strContext, strLen, tag } from "../value/layout";
import { attrsCount, attrsPos, attrsShape, attrsSymbol, attrsValue, shapeFind, shapeNameOrder } from "../value/shapes";
import { Act, STATE_ERROR, acc, callProc, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from "../vm/native";
import { failFeature } from "./hashes";
import { nameFault, msgNameFault } from "./names";
import { instantiate, instantiateStep } from "./instantiate";
import { methodOf, outputAlgoOf, outputsAdd, outputsBegin, outputsOfText, outputsTake } from "./outputs";
import { Word, wordOf, wordSymbol, wordText } from "./words";

const NAME_CTX: string = "while evaluating the `name` attribute passed to builtins.derivationStrict";
const STRUCTURED_CTX: string = "while evaluating the `__structuredAttrs` attribute passed to builtins.derivationStrict";
const NULLS_CTX: string = "while evaluating the `__ignoreNulls` attribute passed to builtins.derivationStrict";

/** Slots of the procedure's frame. */
export const enum D {
  Attrs = 0,
  /** what is under way, for traces: 0 nothing yet, 1 the name, 2 the rest, 3 an attribute */
  Phase,
  /** place in the order of names */
  Index,
  /** cells: name, string, … */
  Env,
  EnvCount,
  /** a context's address, or tagged 0 */
  Context,
  Flags,
  /** cells of strings */
  Args,
  ArgCount,
  Builder,
  Platform,
  /** cells of symbols, or NULL for `out` alone */
  Outputs,
  Hash,
  HashAlgo,
  Method,
  Name,
  List,
  ListIndex,
  /** the text of `__json` */
  Json,
  /** while it is instantiated: the path */
  Path,
}
export const STRUCTURED: i32 = 1;
const IGNORE_NULLS: i32 = 2;
export const ADDRESSED: i32 = 4;
export const IMPURE: i32 = 8;
/** `__json` was given (D.Json is its text). */
export const JSON_GIVEN: i32 = 16;

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

// @ts-ignore: decorator
@inline
export function flag(f: usize, bit: i32): bool {
  return (slotInt(f, D.Flags) & bit) != 0;
}
function setFlag(f: usize, bit: i32): void {
  setSlotInt(f, D.Flags, slotInt(f, D.Flags) | bit);
}

// ---- traces

function attrIndex(f: usize): u32 {
  const shape = attrsShape(slot(f, D.Attrs));
  return load<u32>(shapeNameOrder(shape) + (<usize>slotInt(f, D.Index) << 2));
}
function namePosition(f: usize): u32 {
  const a = slot(f, D.Attrs);
  const i = shapeFind(attrsShape(a), wordSymbol(Word.Name));
  return i < 0 ? 0 : attrsPos(a, i);
}
/** Adds what Nix says of where in the derivation an error came up. */
function traceError(f: usize): void {
  const phase = slotInt(f, D.Phase);
  if (phase == 3) {
    const i = attrIndex(f);
    msgBegin();
    msgLit("while evaluating attribute '");
    msgArgSym(attrsSymbol(slot(f, D.Attrs), i));
    msgLit("' of derivation '");
    msgArgStr(slot(f, D.Name));
    msgLit("'");
    addTrace(attrsPos(slot(f, D.Attrs), i));
  }
  if (phase == 1) {
    msgBegin();
    msgLit("while evaluating the derivation attribute 'name'");
    addTrace(namePosition(f));
  }
  if (phase < 2) return;
  msgBegin();
  msgLit("while evaluating derivation '");
  msgArgStr(slot(f, D.Name));
  msgLit("'\n  whose name attribute is located at ");
  msgOpen();
  msgPos(namePosition(f));
  msgClose();
  addTrace(0);
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
    msgLit("in the attrset passed as argument to builtins.derivationStrict");
    addTrace(0);
    return Act.Fail;
  }
  setSlotInt(f, D.Phase, 1);
  traceOn(f, 0, NAME_CTX);
  return force(f, attrsValue(a, i), S.Name);
}

function begin(f: usize, name: usize): bool {
  if (!expectPlainString(name, "")) return false;
  traceOff(f);
  setSlot(f, D.Name, name);
  setSlotInt(f, D.Phase, 2);
  const fault = nameFault(strBytes(name), strLen(name));
  if (fault) {
    msgBegin();
    msgLit("invalid derivation name: ");
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

// ---- what attributes mean

function addContext(f: usize, s: usize): void {
  const c = strContext(s);
  if (!c) return;
  const have = slot(f, D.Context);
  setSlot(f, D.Context, have & 1 ? c : contextUnion(have, c));
}
function addEnv(f: usize, name: u32, value: usize): void {
  const n = slotInt(f, D.EnvCount);
  const env = slot(f, D.Env);
  setCell(env, n * 2, tag(name));
  setCell(env, n * 2 + 1, value);
  setSlotInt(f, D.EnvCount, n + 1);
}

/** Takes an attribute of the environment, coerced. */
function takeString(f: usize, i: u32, s: usize): bool {
  const a = slot(f, D.Attrs);
  const name = attrsSymbol(a, i);
  addContext(f, s);
  addEnv(f, name, s);
  switch (wordOf(name)) {
    case Word.Builder:
      setSlot(f, D.Builder, s);
      break;
    case Word.System:
      setSlot(f, D.Platform, s);
      break;
    case Word.OutputHash:
      setSlot(f, D.Hash, s);
      break;
    case Word.OutputHashAlgo:
      return takeAlgo(f, s);
    case Word.OutputHashMode:
      return takeMode(f, s);
    case Word.Outputs: {
      const outputs = outputsOfText(s);
      if (!outputs) return false;
      setSlot(f, D.Outputs, outputs);
      break;
    }
  }
  return true;
}
function takeAlgo(f: usize, s: usize): bool {
  const algo = outputAlgoOf(s);
  setSlotInt(f, D.HashAlgo, algo);
  return algo != -2;
}
function takeMode(f: usize, s: usize): bool {
  const method = methodOf(s, slot(f, D.Name));
  setSlotInt(f, D.Method, method);
  return method >= 0;
}

/** Takes a member of the JSON object (its text), and what its value (forced while it was written) means. */
function takeMember(f: usize, i: u32, text: usize): bool {
  const a = slot(f, D.Attrs);
  const v = deref(attrsValue(a, i));
  const name = attrsSymbol(a, i);
  addContext(f, text);
  addEnv(f, name, text);
  switch (wordOf(name)) {
    case Word.Builder:
      if (!expectString(v, "")) return false;
      addContext(f, v);
      setSlot(f, D.Builder, v);
      break;
    case Word.System:
      if (!expectPlainString(v, "")) return false;
      setSlot(f, D.Platform, v);
      break;
    case Word.OutputHash:
      if (!expectPlainString(v, "")) return false;
      setSlot(f, D.Hash, v);
      break;
    case Word.OutputHashAlgo:
      return expectPlainString(v, "") && takeAlgo(f, v);
    case Word.OutputHashMode:
      return expectPlainString(v, "") && takeMode(f, v);
    case Word.Outputs:
      return takeOutputList(f, v);
  }
  return true;
}
function takeOutputList(f: usize, v: usize): bool {
  if (!expectList(v, "")) return false;
  const n = listLen(v);
  for (let i: u32 = 0; i < n; i++) if (!expectPlainString(deref(listGet(v, i)), "")) return false;
  outputsBegin();
  for (let i: u32 = 0; i < n; i++) {
    const s = deref(listGet(v, i));
    if (!outputsAdd(strBytes(s), strLen(s))) return false;
  }
  const outputs = outputsTake();
  if (!outputs) return false;
  setSlot(f, D.Outputs, outputs);
  return true;
}

/** Asks for the warning about an attribute that has no effect with structured attributes; false if there is none. */
function warnDisabled(f: usize, w: Word): bool {
  if (w < Word.AllowedReferences || w > Word.MaxClosureSize) return false;
  msgBegin();
  msgLit("In a derivation named '");
  msgString(slot(f, D.Name));
  msgLit("', 'structuredAttrs' disables the effect of the derivation attribute '");
  msgLit(wordText(w));
  msgLit("'; use 'outputChecks.<output>.");
  msgLit(wordText(w));
  msgLit("' instead");
  return true;
}
// ---- the procedure

/** Takes a Boolean attribute that needs a feature. */
function takeFlag(f: usize, bit: i32, feature: u32, name: string): bool {
  const v = acc();
  if (!expectBool(v, "")) return false;
  if (v == FALSE) return true;
  setFlag(f, bit);
  return featureEnabled(feature) || failFeature(name) != 0;
}

/** Takes the deprecated `__json`, with Nix's warning. */
function jsonGiven(f: usize, s: usize): i32 {
  addContext(f, s);
  setSlot(f, D.Json, s);
  msgBegin();
  msgLit("In derivation '");
  msgString(slot(f, D.Name));
  msgLit("': setting structured attributes via '__json' is deprecated, and may be disallowed in future versions of Nix. ");
  msgLit("Set '__structuredAttrs = true' instead.");
  return sendWarning(f, S.JsonGiven);
}

/** The value of `__json`; 0 after an error. */
function parseJson(s: usize): usize {
  const at = memory.data(8, 4);
  store<u32>(at, <u32>mkString(strBytes(s), strLen(s), 0));
  const v = builtin_fromJSON(at);
  if (v) return v;
  const why = cell(currentError(), E_MESSAGE);
  msgBegin();
  msgLit("cannot process ");
  msgArgLit("__json");
  msgLit(" attribute: ");
  msgString(why);
  return raise(Err.Plain);
}

/** The next attribute that is not `__ignoreNulls`: its index in the shape, or -1 at the end. */
function nextAttr(f: usize): i32 {
  const a = slot(f, D.Attrs);
  const n = attrsCount(a);
  const order = shapeNameOrder(attrsShape(a));
  for (let k = <u32>slotInt(f, D.Index); k < n; k++) {
    const i = load<u32>(order + (<usize>k << 2));
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
  if (w == Word.ContentAddressed) return takeFlag(f, ADDRESSED, Feature.CaDerivations, "ca-derivations");
  if (w == Word.Impure) return takeFlag(f, IMPURE, Feature.ImpureDerivations, "impure-derivations");
  const list = acc();
  if (!expectList(list, "")) return false;
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
    if (!s) return coerce(f, listGet(list, i), COERCE_MORE | COERCE_COPY, "while evaluating an element of the argument list", S.Arg);
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
        if (!expectBool(acc(), "")) return Act.Fail;
        if (acc() == TRUE) setFlag(f, STRUCTURED);
        return flagAttr(f, Word.IgnoreNulls, S.IgnoreNulls);
      case S.IgnoreNulls:
        if (!expectBool(acc(), "")) return Act.Fail;
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
          if (!s) return coerce(f, v, COERCE_MORE | COERCE_COPY, "", S.Coerced);
          if (attrsSymbol(slot(f, D.Attrs), i) == wordSymbol(Word.Json)) return jsonGiven(f, s);
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
        if (attrsSymbol(slot(f, D.Attrs), i) == wordSymbol(Word.Json)) return jsonGiven(f, acc());
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
