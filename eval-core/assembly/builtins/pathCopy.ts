/**
 * Copying a path to the store for `path` and `filterSource`, in their frame.
 *
 * A filtered tree is walked here, folder by folder, in the order of a NAR: entries by name, a folder's entries behind it. The host gets
 * the list of what was let through.
 */
import { HashAlgo } from '../../../wasm/assembly/hash';
import { pairAdd, pairCount, pairFirst, pairSecond } from '../derivation/draft';
import { By, sortPairs } from '../derivation/order';
import {
  Method,
  fingerprintBegin,
  fingerprintReference,
  fixedOutputPath,
  isInStore,
  storePathLength,
  storePathMake,
} from '../derivation/store-path';
import { Err, addTrace, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { cellsGrow } from '../print/cells';
import {
  Answer,
  Req,
  answerData,
  answerLen,
  answerNumber,
  answerStatus,
  requestBegin,
  requestBytes,
  requestNumber,
  requestString,
} from '../requests';
import { readOnly } from '../settings';
import { KIND_BOOL } from '../value/kinds';
import { NULL, TRUE, cell, kindOf, mkCells, mkString, setCell, strBytes, strContext, strLen, tag } from '../value/layout';
import { symbolBytes, symbolIntern, symbolLen } from '../value/symbols';
import { Act, acc, awaitHost, call2, done, setSlot, setSlotInt, slot, slotInt } from '../vm/native';
import { answerRecord, answered, realised } from './host';
import { answerRewrite, askRealise, pathOfText, storePathString } from './pathArgs';
import { typeString } from './paths';
import { failTypedAt } from './fetch';

export const enum S {
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
export const FLAT: i32 = 1;
const TRACED: i32 = 2;
export const HASHED: i32 = 4;

export const enum State {
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

const VERDICT_CTX: string = 'while evaluating the return value of the path filter function';

export function flag(f: usize, bit: i32): bool {
  return (slotInt(f, S.Flags) & bit) != 0;
}
export function setFlag(f: usize, bit: i32): void {
  setSlotInt(f, S.Flags, slotInt(f, S.Flags) | bit);
}
export function traceAdding(f: usize): void {
  if (!flag(f, TRACED)) return;
  msgBegin();
  msgLit("while adding path '");
  msgArgStr(slot(f, S.Path));
  msgLit("'");
  addTrace(0);
}

export function keepPath(f: usize, s: usize): void {
  const p = pathOfText(strBytes(s), strLen(s));
  setSlot(f, S.Path, mkString(strBytes(p), strLen(p), strContext(s)));
}
function baseName(s: usize): usize {
  const n = strLen(s);
  let i = n;
  while (i && load<u8>(strBytes(s) + i - 1) != 0x2f) i--;
  return mkString(strBytes(s) + i, n - i, 0);
}

/** All arguments are known. */
export function begin(f: usize): i32 {
  setFlag(f, TRACED);
  setSlot(f, S.References, NULL);
  const path = slot(f, S.Path);
  if (slot(f, S.Name) == NULL || !strLen(slot(f, S.Name))) setSlot(f, S.Name, baseName(path));
  if (strContext(path) && isInStore(strBytes(path), strLen(path))) return askRealise(f, strContext(path), true, State.Realised);
  return expect(f);
}

export function copy(f: usize, state: i32): i32 {
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
  if (references == NULL)
    return fixedOutputPath(flag(f, FLAT) ? Method.Flat : Method.Nar, HashAlgo.SHA256, digest, strBytes(name), strLen(name));
  if (flag(f, FLAT)) {
    msgBegin();
    msgLit("fixed output derivation '");
    msgArgStr(name);
    msgLit(
      "' is not allowed to refer to other store paths.\nYou may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual for more details.",
    );
    raise(Err.Plain);
    return 0;
  }
  fingerprintBegin('source');
  const p = strBytes(references);
  const n = strLen(references);
  for (let at: u32 = 0; at < n;) {
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
  for (let at: u32 = 0; at < n;) {
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
    failTypedAt('a Boolean', v, 0);
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
