/**
 * `path` and `filterSource`: a path copied to the store under a name, as a whole or what a function lets through.
 *
 * The tree is walked here, folder by folder, in the order of a NAR: entries by name, a folder's entries behind it. The host gets
 * the list of what was let through.
 */
import { HashAlgo, hashSize } from "../../../wasm/assembly/hash";
import { failContext, isFunction, msgArgValue, msgShowType } from "../diag/check";
import { Err, addTrace, fail, msgArgStr, msgArgSym, msgBegin, msgLit, raise, raiseAt } from "../diag/errors";
import { Proc } from "../gen/builtins";
import { bufByte, bufBytes, bufData, bufLen, bufReset } from "../heap/text";
import { cellsGrow } from "../print/cells";
import { Answer, Req, answerData, answerLen, answerNumber, answerStatus, requestBegin, requestBytes, requestNumber, requestString } from "../requests";
import { readOnly } from "../settings";
import { KIND_BOOL, KIND_STRING } from "../value/kinds";
import { FALSE, NULL, TRUE, cell, kindOf, mkCells, mkString, setCell, strBytes, strContext, strLen, tag } from "../value/layout";
import { attrsCount, attrsPos, attrsSymbol, attrsValue } from "../value/shapes";
import { symbolBytes, symbolIntern, symbolLen } from "../value/symbols";
import { Act, STATE_ERROR, acc, awaitHost, call2, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from "../vm/native";
import { answerRecord, answered, realised } from "./host";
import { answerRewrite, askRealise, pathOfText, storePathString } from "./pathArgs";
import { typeString } from "./paths";
import { readHash } from "../derivation/hashes";
import { warnEmptyHash } from "../derivation/instantiate";
import { Method, fingerprintBegin, fingerprintReference, fixedOutputPath, isInStore, storePathLength, storePathMake } from "../derivation/store-path";
import { sortPairs, By } from "../derivation/order";
import { pairAdd, pairCount, pairFirst, pairSecond } from "../derivation/draft";
import { Word, wordOf } from "../derivation/words";

const enum S {
  /** the set of arguments, or the filter of filterSource */
  First = 0,
  Second,
  Index,
  /** path, a string in normal form with its context */
  Path,
  Name,
  Filter,
  /** flags: 1 flat, 2 the trace line is due, 4 the set has a hash */
  Flags,
  /** the expected digest, 32 bytes */
  Digest,
  /** references of the store object that is copied: NUL-separated */
  References,
  /** store path that is expected, symbol */
  Expected,
  /** walk: cells of folders | names | place | … and their height */
  Stack,
  Height,
  /** cells of relative paths let through, and how many */
  Taken,
  TakenCount,
  /** the root of the walk (resolved) */
  Root,
  Entry,
}
const FLAT: i32 = 1;
const TRACED: i32 = 2;
const HASHED: i32 = 4;

const enum State {
  Start = 0,
  // path: attributes
  Attr,
  AttrPath,
  AttrName,
  AttrFilter,
  AttrRecursive,
  AttrHash,
  EmptyHash,
  // filterSource
  SourcePath,
  SourceFilter,
  // both
  Realised,
  References,
  Valid,
  Root,
  Folder,
  Verdict,
  Added,
}

const BUF: usize = memory.data(12, 4);
const LIST: usize = memory.data(12, 4);

const PATH_CTX: string = "while evaluating the 'path' attribute passed to 'builtins.path'";
const NAME_CTX: string = "while evaluating the `name` attribute passed to builtins.path";
const FILTER_CTX: string = "while evaluating the `filter` parameter passed to builtins.path";
const RECURSIVE_CTX: string = "while evaluating the `recursive` attribute passed to builtins.path";
const HASH_CTX: string = "while evaluating the `sha256` attribute passed to builtins.path";
const SOURCE_CTX: string = "while evaluating the second argument (the path to filter) passed to 'builtins.filterSource'";
const SOURCE_FILTER_CTX: string = "while evaluating the first argument passed to builtins.filterSource";
const VERDICT_CTX: string = "while evaluating the return value of the path filter function";

function flag(f: usize, bit: i32): bool {
  return (slotInt(f, S.Flags) & bit) != 0;
}
function setFlag(f: usize, bit: i32): void {
  setSlotInt(f, S.Flags, slotInt(f, S.Flags) | bit);
}
function literal(s: string): usize {
  return tag(<i32>changetype<usize>(s));
}
function traceAdding(f: usize): void {
  if (!flag(f, TRACED)) return;
  msgBegin();
  msgLit("while adding path '");
  msgArgStr(slot(f, S.Path));
  msgLit("'");
  addTrace(0);
}

// ---- arguments

/** Raises `expected WHAT but found …` at a position, without a trace line. */
function failTyped(what: string, v: usize, pos: u32): i32 {
  msgBegin();
  msgLit("expected ");
  msgLit(what);
  msgLit(" but found ");
  msgShowType(v);
  msgLit(": ");
  msgArgValue(v);
  raiseAt(Err.Type, pos);
  return Act.Fail;
}
/** Checks for a string without context, at the position of an attribute; the trace line is the frame's. */
function plain(v: usize, pos: u32): bool {
  if (kindOf(v) != KIND_STRING) {
    failTyped("a string", v, pos);
    return false;
  }
  if (!strContext(v)) return true;
  failContext(v);
  return false;
}
function keepPath(f: usize, s: usize): void {
  const p = pathOfText(strBytes(s), strLen(s));
  setSlot(f, S.Path, mkString(strBytes(p), strLen(p), strContext(s)));
}
function baseName(s: usize): usize {
  const n = strLen(s);
  let i = n;
  while (i && load<u8>(strBytes(s) + i - 1) != 0x2f) i--;
  return mkString(strBytes(s) + i, n - i, 0);
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
      return plain(v, pos);
    case State.AttrFilter:
      setSlot(f, S.Filter, v);
      if (isFunction(v)) return true;
      failTyped("a function", v, pos);
      return false;
    case State.AttrRecursive:
      if (kindOf(v) != KIND_BOOL) {
        failTyped("a Boolean", v, pos);
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
    if (!plain(acc(), pos)) return Act.Fail;
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
      if (!isFunction(acc())) return failTyped("a function", acc(), 0);
      traceOff(f);
      setSlot(f, S.Filter, acc());
      return begin(f);
  }
  return copy(f, stateOf(f));
}

// ---- copying

/** All arguments are known. */
function begin(f: usize): i32 {
  setFlag(f, TRACED);
  setSlot(f, S.References, NULL);
  const path = slot(f, S.Path);
  if (slot(f, S.Name) == NULL || !strLen(slot(f, S.Name))) setSlot(f, S.Name, baseName(path));
  if (strContext(path) && isInStore(strBytes(path), strLen(path))) return askRealise(f, strContext(path), true, State.Realised);
  return expect(f);
}

function copy(f: usize, state: i32): i32 {
  const path = slot(f, S.Path);
  switch (state) {
    case State.Realised: {
      if (!realised()) return Act.Fail;
      keepPath(f, answerRewrite(path));
      const real = slot(f, S.Path);
      requestBegin(Req.QueryPath);
      requestBytes(strBytes(real), storePathLength(strBytes(real), strLen(real)));
      requestNumber(3);
      return awaitHost(f, State.References);
    }
    case State.References:
      if (answerStatus() == Answer.Ok && answerLen()) setSlot(f, S.References, mkString(answerData(), answerLen(), 0));
      return expect(f);
    case State.Valid:
      if (answerStatus() == Answer.Ok && answerNumber()) return done(storePathString(slotInt(f, S.Expected)));
      return slot(f, S.Filter) == NULL ? add(f) : askRoot(f);
    case State.Root:
      return rootKnown(f);
    case State.Folder:
      return takeFolder(f) ? walk(f) : Act.Fail;
    case State.Verdict:
      return takeVerdict(f);
  }
  return added(f);
}

/** Computes the path that is expected, and asks whether it is there; without a hash the copying begins. */
function expect(f: usize): i32 {
  setSlotInt(f, S.Expected, 0);
  if (!flag(f, HASHED)) return slot(f, S.Filter) == NULL ? add(f) : askRoot(f);
  const path = expectedPath(f);
  if (!path) return Act.Fail;
  setSlotInt(f, S.Expected, path);
  requestBegin(Req.QueryPath);
  requestBytes(symbolBytes(path), symbolLen(path));
  requestNumber(0);
  return awaitHost(f, State.Valid);
}
function expectedPath(f: usize): u32 {
  const name = slot(f, S.Name);
  const digest = strBytes(slot(f, S.Digest));
  const references = slot(f, S.References);
  if (references == NULL) return fixedOutputPath(flag(f, FLAT) ? Method.Flat : Method.Nar, HashAlgo.SHA256, digest, strBytes(name), strLen(name));
  if (flag(f, FLAT)) {
    msgBegin();
    msgLit("fixed output derivation '");
    msgArgStr(name);
    msgLit("' is not allowed to refer to other store paths.\nYou may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual for more details.");
    raise(Err.Plain);
    return 0;
  }
  fingerprintBegin("source");
  const p = strBytes(references);
  const n = strLen(references);
  for (let at: u32 = 0; at < n; ) {
    let end = at;
    while (end < n && load<u8>(p + end)) end++;
    fingerprintReference(symbolIntern(p + at, end - at));
    at = end + 1;
  }
  return storePathMake(digest, strBytes(name), strLen(name));
}

/** Asks the host to copy. */
function add(f: usize): i32 {
  const filtered = slot(f, S.Filter) != NULL;
  const expected = slotInt(f, S.Expected);
  requestBegin(Req.AddPath);
  requestString(filtered ? slot(f, S.Root) : slot(f, S.Path));
  requestString(slot(f, S.Name));
  if (expected) requestBytes(symbolBytes(expected), symbolLen(expected));
  else requestBytes(0, 0);
  requestNumber((flag(f, FLAT) ? 0 : 1) | 2 | (readOnly() ? 4 : 0));
  if (slot(f, S.References) == NULL) requestBytes(0, 0);
  else requestString(slot(f, S.References));
  if (filtered && slotInt(f, S.Height) >= 0) {
    writeTaken(f);
    requestBytes(bufData(BUF), bufLen(BUF));
  }
  return awaitHost(f, State.Added);
}
function writeTaken(f: usize): void {
  bufReset(BUF);
  const n = slotInt(f, S.TakenCount);
  for (let i = 0; i < n; i++) {
    const s = cell(slot(f, S.Taken), i);
    bufBytes(BUF, strBytes(s), strLen(s));
    bufByte(BUF, 0);
  }
}
function added(f: usize): i32 {
  const path = slot(f, S.Path);
  if (!answered(strBytes(path), strLen(path))) return Act.Fail;
  const got = symbolIntern(answerData(), answerLen());
  const expected = slotInt(f, S.Expected);
  if (!expected || expected == got) return done(storePathString(got));
  msgBegin();
  msgLit("store path mismatch in (possibly filtered) path added from '");
  msgArgStr(path);
  msgLit("'");
  raise(Err.Eval);
  return Act.Fail;
}

// ---- the walk

function askRoot(f: usize): i32 {
  requestBegin(Req.RealPath);
  requestString(slot(f, S.Path));
  return awaitHost(f, State.Root);
}
function rootKnown(f: usize): i32 {
  const path = slot(f, S.Path);
  if (!answered(strBytes(path), strLen(path))) return Act.Fail;
  setSlot(f, S.Root, mkString(answerData(), answerLen(), 0));
  setSlot(f, S.Stack, mkCells(24));
  setSlot(f, S.Taken, mkCells(64));
  // a file is not filtered
  setSlotInt(f, S.Height, answerNumber() == 2 && !flag(f, FLAT) ? 0 : -1);
  return slotInt(f, S.Height) < 0 ? add(f) : askFolder(f, 0);
}
/** The absolute path of an entry, as a string object. */
function absolute(f: usize, ptr: usize, len: u32): usize {
  const root = slot(f, S.Root);
  bufReset(BUF);
  if (strLen(root) > 1) bufBytes(BUF, strBytes(root), strLen(root));
  if (len) {
    bufByte(BUF, 0x2f);
    bufBytes(BUF, ptr, len);
  }
  if (!bufLen(BUF)) bufByte(BUF, 0x2f);
  return mkString(bufData(BUF), bufLen(BUF), 0);
}
/** Asks for the entries of a folder (an entry's text without its letter). */
function askFolder(f: usize, entry: usize): i32 {
  setSlot(f, S.Entry, entry ? entry : NULL);
  requestBegin(Req.ReadDir);
  requestString(entry ? absolute(f, strBytes(entry) + 1, strLen(entry) - 1) : absolute(f, 0, 0));
  return awaitHost(f, State.Folder);
}
/** Pushes the entries that were answered, sorted: each a string of its letter and its relative path. */
function takeFolder(f: usize): bool {
  const root = slot(f, S.Root);
  if (!answered(strBytes(root), strLen(root))) return false;
  bufReset(LIST);
  const n = answerLen();
  for (let at: u32 = 0; at < n; ) {
    const len = answerRecord(at);
    pairAdd(LIST, symbolIntern(answerData() + at, len), load<u8>(answerData() + at + len + 1));
    at += len + 2;
    if (at < n && !load<u8>(answerData() + at)) at++;
  }
  const count = pairCount(LIST);
  sortPairs(bufData(LIST), count, By.Name);
  const names = mkCells(count);
  const parent = slot(f, S.Entry);
  for (let i: u32 = 0; i < count; i++) setCell(names, i, entryString(parent, pairSecond(LIST, i), pairFirst(LIST, i)));
  const height = slotInt(f, S.Height);
  setSlot(f, S.Stack, cellsGrow(slot(f, S.Stack), (height + 1) * 3));
  setCell(slot(f, S.Stack), height * 3, names);
  setCell(slot(f, S.Stack), height * 3 + 1, tag(0));
  setCell(slot(f, S.Stack), height * 3 + 2, tag(count));
  setSlotInt(f, S.Height, height + 1);
  return true;
}
function entryString(parent: usize, letter: u32, name: u32): usize {
  bufReset(BUF);
  bufByte(BUF, letter);
  if (parent != NULL) {
    bufBytes(BUF, strBytes(parent) + 1, strLen(parent) - 1);
    bufByte(BUF, 0x2f);
  }
  bufBytes(BUF, symbolBytes(name), symbolLen(name));
  return mkString(bufData(BUF), bufLen(BUF), 0);
}
/** Calls the filter for the next entry, or copies at the end. */
function walk(f: usize): i32 {
  for (let height = slotInt(f, S.Height); height > 0; height--) {
    const stack = slot(f, S.Stack);
    const at = (height - 1) * 3;
    const i = <i32>(cell(stack, at + 1) >>> 1);
    setSlotInt(f, S.Height, height);
    if (i == <i32>(cell(stack, at + 2) >>> 1)) continue;
    setCell(stack, at + 1, tag(i + 1));
    const entry = cell(cell(stack, at), i);
    setSlot(f, S.Entry, entry);
    const path = absolute(f, strBytes(entry) + 1, strLen(entry) - 1);
    return call2(f, slot(f, S.Filter), path, typeString(load<u8>(strBytes(entry))), State.Verdict);
  }
  setSlotInt(f, S.Height, 0);
  return add(f);
}
function takeVerdict(f: usize): i32 {
  const v = acc();
  if (kindOf(v) != KIND_BOOL) {
    failTyped("a Boolean", v, 0);
    msgBegin();
    msgLit(VERDICT_CTX);
    addTrace(0);
    return Act.Fail;
  }
  if (v != TRUE) return walk(f);
  const entry = slot(f, S.Entry);
  const n = slotInt(f, S.TakenCount);
  setSlot(f, S.Taken, cellsGrow(slot(f, S.Taken), n + 1));
  setCell(slot(f, S.Taken), n, mkString(strBytes(entry) + 1, strLen(entry) - 1, 0));
  setSlotInt(f, S.TakenCount, n + 1);
  return load<u8>(strBytes(entry)) == 0x64 ? askFolder(f, entry) : walk(f);
}
