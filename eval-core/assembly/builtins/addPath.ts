/** `path` and `filterSource`: a path copied to the store under a name, as a whole or what a function lets through. */
import { HashAlgo, hashSize } from '../../../wasm/assembly/hash';
import { readHash } from '../derivation/hashes';
import { warnEmptyHash } from '../derivation/instantiate';
import { Word, wordOf } from '../derivation/words';
import { isFunction } from '../diag/check';
import { Err, fail, msgArgSym, msgBegin, msgLit, raiseAt } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { KIND_BOOL } from '../value/kinds';
import { FALSE, NULL, kindOf, mkString, strBytes, strLen, tag } from '../value/layout';
import { attrsCount, attrsPos, attrsSymbol, attrsValue } from '../value/shapes';
import { Act, STATE_ERROR, acc, callProc, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { failTypedAt, plainAt } from './fetch';
import { FLAT, HASHED, S, State, begin, copy, keepPath, setFlag, traceAdding } from './pathCopy';

const PATH_CTX: string = "while evaluating the 'path' attribute passed to 'builtins.path'";
const NAME_CTX: string = 'while evaluating the `name` attribute passed to builtins.path';
const FILTER_CTX: string = 'while evaluating the `filter` parameter passed to builtins.path';
const RECURSIVE_CTX: string = 'while evaluating the `recursive` attribute passed to builtins.path';
const HASH_CTX: string = 'while evaluating the `sha256` attribute passed to builtins.path';
const SOURCE_CTX: string = "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'";
const SOURCE_FILTER_CTX: string = 'while evaluating the first argument passed to builtins.filterSource';

function literal(s: string): usize {
  return tag(<i32>changetype<usize>(s));
}

/** Forces what the next attribute of `path` is, or begins to copy. */
function attribute(f: usize): i32 {
  const set = slot(f, S.First);
  const i = <u32>slotInt(f, S.Index);
  traceOff(f);
  if (i == attrsCount(set)) {
    if (slot(f, S.Path) != NULL) return begin(f);
    fail(Err.Eval, "missing required 'path' attribute in the first argument to 'builtins.path'");
    return Act.Fail;
  }
  const v = attrsValue(set, i);
  const pos = attrsPos(set, i);
  switch (wordOf(attrsSymbol(set, i))) {
    case Word.Path:
      return callProc(f, Proc.coerceToPath, v, tag(0), literal(PATH_CTX), tag(pos), State.AttrPath);
    case Word.Name:
      traceOn(f, pos, NAME_CTX);
      return force(f, v, State.AttrName);
    case Word.Filter:
      traceOn(f, pos, FILTER_CTX);
      return force(f, v, State.AttrFilter);
    case Word.Recursive:
      traceOn(f, pos, RECURSIVE_CTX);
      return force(f, v, State.AttrRecursive);
    case Word.Sha256:
      traceOn(f, pos, HASH_CTX);
      return force(f, v, State.AttrHash);
  }
  msgBegin();
  msgLit("unsupported argument '");
  msgArgSym(attrsSymbol(set, i));
  msgLit("' to 'builtins.path'");
  raiseAt(Err.Eval, pos);
  return Act.Fail;
}
/** Takes the attribute that was forced; false after an error. */
function takeAttribute(f: usize, state: i32, pos: u32): bool {
  const v = acc();
  switch (state) {
    case State.AttrPath:
      keepPath(f, v);
      return true;
    case State.AttrName:
      setSlot(f, S.Name, v);
      return plainAt(v, pos);
    case State.AttrFilter:
      setSlot(f, S.Filter, v);
      if (isFunction(v)) return true;
      failTypedAt('a function', v, pos);
      return false;
    case State.AttrRecursive:
      if (kindOf(v) != KIND_BOOL) {
        failTypedAt('a Boolean', v, pos);
        return false;
      }
      setSlotInt(f, S.Flags, v == FALSE ? slotInt(f, S.Flags) | FLAT : slotInt(f, S.Flags) & ~FLAT);
  }
  return true;
}
function takeHash(f: usize, v: usize): bool {
  const digest = memory.data(64, 8);
  memory.fill(digest, 0, 64);
  if (strLen(v) && readHash(strBytes(v), strLen(v), HashAlgo.SHA256, digest) < 0) return false;
  setSlot(f, S.Digest, mkString(digest, hashSize(HashAlgo.SHA256), 0));
  setFlag(f, HASHED);
  return true;
}
function nextAttribute(f: usize): i32 {
  setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
  return attribute(f);
}

/** Slots: see S. */
export function builtin_path(f: usize): i32 {
  const state = stateOf(f);
  if (state == STATE_ERROR) {
    traceAdding(f);
    return Act.Fail;
  }
  if (state >= State.Realised) return copy(f, state);
  if (state == State.Start) {
    setSlot(f, S.Path, NULL);
    setSlot(f, S.Filter, NULL);
    setSlot(f, S.Name, NULL);
    return attribute(f);
  }
  const pos = attrsPos(slot(f, S.First), slotInt(f, S.Index));
  if (state == State.EmptyHash) {
    return nextAttribute(f);
  }
  if (state == State.AttrHash) {
    if (!plainAt(acc(), pos)) return Act.Fail;
    traceOff(f);
    if (!takeHash(f, acc())) return Act.Fail;
    if (!strLen(acc())) return warnEmptyHash(f, HashAlgo.SHA256, State.EmptyHash);
    return nextAttribute(f);
  }
  if (!takeAttribute(f, state, pos)) return Act.Fail;
  return nextAttribute(f);
}

/** Slots: see S. */
export function builtin_filterSource(f: usize): i32 {
  switch (stateOf(f)) {
    case STATE_ERROR:
      traceAdding(f);
      return Act.Fail;
    case State.Start:
      setSlot(f, S.Name, NULL);
      return callProc(f, Proc.coerceToPath, slot(f, S.Second), tag(0), literal(SOURCE_CTX), tag(0), State.SourcePath);
    case State.SourcePath:
      keepPath(f, acc());
      traceOn(f, 0, SOURCE_FILTER_CTX);
      return force(f, slot(f, S.First), State.SourceFilter);
    case State.SourceFilter:
      if (!isFunction(acc())) return failTypedAt('a function', acc(), 0);
      traceOff(f);
      setSlot(f, S.Filter, acc());
      return begin(f);
  }
  return copy(f, stateOf(f));
}
