/** What the attributes of a derivation mean: each is taken into the frame of `derivationStrict`. */
import { msgString, sendWarning } from '../builtins/host';
import { builtin_fromJSON } from '../builtins/json-parse';
import { expectBool, expectList, expectPlainString, expectString } from '../diag/check';
import { E_MESSAGE, Err, currentError, msgArgLit, msgBegin, msgLit, raise } from '../diag/errors';
import { featureEnabled } from '../settings';
import { contextUnion } from '../value/context';
import { FALSE, cell, deref, listGet, listLen, mkString, setCell, strBytes, strContext, strLen, tag } from '../value/layout';
import { attrsSymbol, attrsValue } from '../value/shapes';
import { acc, setSlot, setSlotInt, slot, slotInt } from '../vm/native';
import { D, setFlag } from './frame';
import { failFeature } from './hashes';
import { methodOf, outputAlgoOf, outputsAdd, outputsBegin, outputsOfText, outputsTake } from './outputs';
import { Word, wordOf, wordText } from './words';

export function addContext(f: usize, s: usize): void {
  const c = strContext(s);
  if (!c) return;
  const have = slot(f, D.Context);
  setSlot(f, D.Context, have & 1 ? c : contextUnion(have, c));
}
export function addEnv(f: usize, name: u32, value: usize): void {
  const n = slotInt(f, D.EnvCount);
  const env = slot(f, D.Env);
  setCell(env, n * 2, tag(name));
  setCell(env, n * 2 + 1, value);
  setSlotInt(f, D.EnvCount, n + 1);
}

/** Takes an attribute of the environment, coerced. */
export function takeString(f: usize, i: u32, s: usize): bool {
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
export function takeMember(f: usize, i: u32, text: usize): bool {
  const a = slot(f, D.Attrs);
  const v = deref(attrsValue(a, i));
  const name = attrsSymbol(a, i);
  addContext(f, text);
  addEnv(f, name, text);
  switch (wordOf(name)) {
    case Word.Builder:
      if (!expectString(v, '')) return false;
      addContext(f, v);
      setSlot(f, D.Builder, v);
      break;
    case Word.System:
      if (!expectPlainString(v, '')) return false;
      setSlot(f, D.Platform, v);
      break;
    case Word.OutputHash:
      if (!expectPlainString(v, '')) return false;
      setSlot(f, D.Hash, v);
      break;
    case Word.OutputHashAlgo:
      return expectPlainString(v, '') && takeAlgo(f, v);
    case Word.OutputHashMode:
      return expectPlainString(v, '') && takeMode(f, v);
    case Word.Outputs:
      return takeOutputList(f, v);
  }
  return true;
}
function takeOutputList(f: usize, v: usize): bool {
  if (!expectList(v, '')) return false;
  const n = listLen(v);
  for (let i: u32 = 0; i < n; i++) if (!expectPlainString(deref(listGet(v, i)), '')) return false;
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
export function warnDisabled(f: usize, w: Word): bool {
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
/** Takes a Boolean attribute that needs a feature. */
export function takeFlag(f: usize, bit: i32, feature: u32, name: string): bool {
  const v = acc();
  if (!expectBool(v, '')) return false;
  if (v == FALSE) return true;
  setFlag(f, bit);
  return featureEnabled(feature) || failFeature(name) != 0;
}

/** Takes the deprecated `__json`, with Nix's warning. */
export function jsonGiven(f: usize, s: usize, next: i32): i32 {
  addContext(f, s);
  setSlot(f, D.Json, s);
  msgBegin();
  msgLit("In derivation '");
  msgString(slot(f, D.Name));
  msgLit("': setting structured attributes via '__json' is deprecated, and may be disallowed in future versions of Nix. ");
  msgLit("Set '__structuredAttrs = true' instead.");
  return sendWarning(f, next);
}

/** The value of `__json`; 0 after an error. */
export function parseJson(s: usize): usize {
  const at = memory.data(8, 4);
  store<u32>(at, <u32>mkString(strBytes(s), strLen(s), 0));
  const v = builtin_fromJSON(at);
  if (v) return v;
  const why = cell(currentError(), E_MESSAGE);
  msgBegin();
  msgLit('cannot process ');
  msgArgLit('__json');
  msgLit(' attribute: ');
  msgString(why);
  return raise(Err.Plain);
}
