/** `fetchClosure`: the arguments are checked here, the host copies the closure. */
import { Err, addTraceLit, msgArgLit, msgArgStr, msgArgSym, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { KIND_BOOL, KIND_STRING } from '../value/kinds';
import { FALSE, NULL, TRUE, kindOf, strBytes, strLen, tag } from '../value/layout';
import { attrsCount, attrsPos, attrsSymbol, attrsValue } from '../value/shapes';
import { Act, acc, callProc, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { isStorePath } from '../derivation/store-path';
import { Word, wordOf, wordSymbol } from '../derivation/words';
import { failTypedAt, fetched, plainAt } from './fetch';
import { askFetch, jsonBegin, jsonKey, jsonScalar } from './fetchJson';

const FROM_PATH: string = "while evaluating the attribute 'fromPath' passed to builtins.fetchClosure";
const TO_PATH: string = "while evaluating the attribute 'toPath' passed to builtins.fetchClosure";
const FROM_STORE: string = "while evaluating the attribute 'fromStore' passed to builtins.fetchClosure";
const ADDRESSED: string = "while evaluating the attribute 'inputAddressed' passed to builtins.fetchClosure";

const enum C {
  Set = 0,
  Index,
  FromPath,
  ToPath,
  FromStore,
  Addressed,
}
const enum State {
  Start = 0,
  FromPath,
  ToPath,
  ToPathText,
  FromStore,
  Addressed,
  Fetched,
}

function failClosure(before: string, name: u32, after: string): i32 {
  msgBegin();
  msgLit(before);
  msgArgSym(name);
  msgLit(after);
  raise(Err.Plain);
  return Act.Fail;
}
/** Whether a text is a store path; if not, the error is raised with its trace line. */
function storePathAt(s: usize, pos: u32, ctx: string): bool {
  if (isStorePath(strBytes(s), strLen(s))) return true;
  msgBegin();
  msgLit("path '");
  msgArgStr(s);
  msgLit("' is not in the Nix store");
  raise(Err.Eval);
  addTraceLit(pos, ctx);
  return false;
}

/** Slots: see C. */
export function builtin_fetchClosure(f: usize): i32 {
  const set = slot(f, C.Set);
  const state = stateOf(f);
  if (state == State.Start) {
    for (let i: u32 = C.FromPath; i <= <u32>C.Addressed; i++) setSlot(f, i, NULL);
    return closureAttr(f);
  }
  if (state == State.Fetched) return fetched(f);
  const pos = attrsPos(set, slotInt(f, C.Index));
  switch (state) {
    case State.FromPath:
      if (!storePathAt(acc(), pos, FROM_PATH)) return Act.Fail;
      setSlot(f, C.FromPath, acc());
      break;
    case State.ToPath:
      if (kindOf(acc()) != KIND_STRING || strLen(acc())) return coerceAt(f, acc(), TO_PATH, pos, State.ToPathText);
      setSlot(f, C.ToPath, acc());
      break;
    case State.ToPathText:
      if (!storePathAt(acc(), pos, TO_PATH)) return Act.Fail;
      setSlot(f, C.ToPath, acc());
      break;
    case State.FromStore:
      if (!plainAt(acc(), pos)) return Act.Fail;
      setSlot(f, C.FromStore, acc());
      break;
    case State.Addressed:
      if (kindOf(acc()) != KIND_BOOL) return failTypedAt('a Boolean', acc(), pos);
      setSlot(f, C.Addressed, acc());
      break;
  }
  traceOff(f);
  setSlotInt(f, C.Index, slotInt(f, C.Index) + 1);
  return closureAttr(f);
}
function coerceAt(f: usize, v: usize, ctx: string, pos: u32, next: State): i32 {
  return callProc(f, Proc.coerceToString, v, tag(0), tag(<i32>changetype<usize>(ctx)), tag(pos), next);
}
function closureAttr(f: usize): i32 {
  const set = slot(f, C.Set);
  const i = <u32>slotInt(f, C.Index);
  if (i == attrsCount(set)) return closureSend(f);
  const pos = attrsPos(set, i);
  const v = attrsValue(set, i);
  switch (wordOf(attrsSymbol(set, i))) {
    case Word.FromPath:
      return coerceAt(f, v, FROM_PATH, pos, State.FromPath);
    case Word.ToPath:
      return force(f, v, State.ToPath);
    case Word.FromStore:
      traceOn(f, pos, FROM_STORE);
      return force(f, v, State.FromStore);
    case Word.InputAddressed:
      traceOn(f, pos, ADDRESSED);
      return force(f, v, State.Addressed);
  }
  return failClosure("attribute '", attrsSymbol(set, i), "' isn't supported in call to 'fetchClosure'");
}
function closureSend(f: usize): i32 {
  if (slot(f, C.FromPath) == NULL) return failClosure("attribute '", wordSymbol(Word.FromPath), "' is missing in call to 'fetchClosure'");
  const addressed = slot(f, C.Addressed) == TRUE;
  if (addressed && slot(f, C.ToPath) != NULL) {
    msgBegin();
    msgLit("attribute '");
    msgArgLit('inputAddressed');
    msgLit("' is set to true, but '");
    msgArgLit('toPath');
    msgLit("' is also set. Please remove one of them");
    raise(Err.Plain);
    return Act.Fail;
  }
  if (slot(f, C.FromStore) == NULL) return failClosure("attribute '", wordSymbol(Word.FromStore), "' is missing in call to 'fetchClosure'");
  jsonBegin();
  jsonKey('fromStore');
  jsonScalar(slot(f, C.FromStore));
  jsonKey('fromPath');
  jsonScalar(slot(f, C.FromPath));
  if (slot(f, C.ToPath) != NULL) {
    jsonKey('toPath');
    jsonScalar(slot(f, C.ToPath));
  }
  jsonKey('inputAddressed');
  jsonScalar(addressed ? TRUE : FALSE);
  return askFetch(f, 'fetchClosure', State.Fetched);
}
