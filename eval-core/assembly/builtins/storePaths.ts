/** Builtins of strings that are store paths: toPath, storePath, toFile. */
import { sha256Digest as sha256 } from '../derivation/digest';
import { pairCount, pairFirst } from '../derivation/draft';
import { Element, elementKind } from '../derivation/elements';
import { isInStore, isStorePath, storePathLength } from '../derivation/store-path';
import { REFERENCES, referencesAdd, referencesBegin, referencesSort, textPath } from '../derivation/texts';
import { Err, msgArgBytes, msgArgLit, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { Answer, Req, answerData, answerLen, answerStatus, requestBegin, requestBytes, requestNumber, requestString } from '../requests';
import { pureEval, readOnly } from '../settings';
import { contextAdd, contextCount, contextElement } from '../value/context';
import { mkString, strBytes, strContext, strLen, tag } from '../value/layout';
import { symbolBytes, symbolCompare, symbolIntern, symbolLen } from '../value/symbols';
import { Act, acc, awaitHost, callProc, done, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';
import { answered } from './host';
import { pathOfText, storePathString } from './pathArgs';
import { ask } from './paths';

const BUF: usize = memory.data(12, 4);

const TO_PATH: string = 'while evaluating the first argument passed to builtins.toPath';
const STORE_PATH: string = "while evaluating the first argument passed to 'builtins.storePath'";

function coercePath(f: usize, v: usize, ctx: string, next: i32): i32 {
  return callProc(f, Proc.coerceToPath, v, tag(0), tag(<i32>changetype<usize>(ctx)), tag(0), next);
}
/** The normal form of a path, with the context of the string. */
function canonical(s: usize): usize {
  const p = pathOfText(strBytes(s), strLen(s));
  return mkString(strBytes(p), strLen(p), strContext(s));
}
export function builtin_toPath(f: usize): i32 {
  return stateOf(f) ? done(canonical(acc())) : coercePath(f, slot(f, 0), TO_PATH, 1);
}

/** Slots: path (later its text), context. */
export function builtin_storePath(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      if (!pureEval()) return coercePath(f, slot(f, 0), STORE_PATH, 1);
      msgBegin();
      msgLit("'");
      msgArgLit('builtins.storePath');
      msgLit("' is not allowed in pure evaluation mode");
      raise(Err.Eval);
      return Act.Fail;
    case 1: {
      const s = canonical(acc());
      setSlot(f, 0, s);
      if (isStorePath(strBytes(s), strLen(s))) return ensureStorePath(f, s);
      return ask(f, Req.RealPath, s, 2);
    }
    case 2: {
      const s = slot(f, 0);
      const real = answerStatus() == Answer.Ok ? mkString(answerData(), answerLen(), strContext(s)) : s;
      return ensureStorePath(f, real);
    }
  }
  return answered(strBytes(slot(f, 0)), strLen(slot(f, 0))) ? storePathDone(f) : Act.Fail;
}
function ensureStorePath(f: usize, s: usize): i32 {
  setSlot(f, 0, s);
  if (!isInStore(strBytes(s), strLen(s))) {
    msgBegin();
    msgLit("path '");
    msgArgStr(s);
    msgLit("' is not in the Nix store");
    raise(Err.Eval);
    return Act.Fail;
  }
  if (readOnly()) return storePathDone(f);
  requestBegin(Req.QueryPath);
  requestBytes(strBytes(s), storePathLength(strBytes(s), strLen(s)));
  requestNumber(1);
  return awaitHost(f, 3);
}
function storePathDone(f: usize): i32 {
  const s = slot(f, 0);
  const path = symbolIntern(strBytes(s), storePathLength(strBytes(s), strLen(s)));
  return done(mkString(strBytes(s), strLen(s), contextAdd(strContext(s), path)));
}

// ---- toFile

/** Slots: name, contents, path. */
export function builtin_toFile(f: usize): i32 {
  const contents = slot(f, 1);
  if (stateOf(f)) return answered(0, 0) ? done(storePathString(slotInt(f, 2))) : Act.Fail;
  const c = strContext(contents);
  if (!checkReferences(slot(f, 0), c)) return Act.Fail;
  referencesBegin();
  for (let i: u32 = 0; i < contextCount(c); i++) referencesAdd(contextElement(c, i));
  referencesSort();
  const digest = memory.data(32, 8);
  sha256(strBytes(contents), strLen(contents), digest);
  const path = textPath(digest, strBytes(slot(f, 0)), strLen(slot(f, 0)));
  if (!path) return Act.Fail;
  if (readOnly()) return done(storePathString(path));
  setSlotInt(f, 2, path);
  writeReferences();
  requestBegin(Req.AddText);
  requestString(slot(f, 0));
  requestString(contents);
  requestBytes(bufData(BUF), bufLen(BUF));
  requestBytes(symbolBytes(path), symbolLen(path));
  return awaitHost(f, 1);
}
function writeReferences(): void {
  bufReset(BUF);
  const n = pairCount(REFERENCES);
  for (let i: u32 = 0; i < n; i++) {
    const r = pairFirst(REFERENCES, i);
    bufBytes(BUF, symbolBytes(r), symbolLen(r));
    bufByte(BUF, 0);
  }
}
/** Only paths may be in the context; the first other element in Nix's order is told. */
function checkReferences(name: usize, c: usize): bool {
  const n = contextCount(c);
  let bad: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const e = contextElement(c, i);
    const kind = elementKind(e);
    if (kind == Element.Path) continue;
    if (!bad || (kind == Element.Deep && elementKind(bad) != Element.Deep) || (kind == elementKind(bad) && symbolCompare(e, bad) < 0))
      bad = e;
  }
  if (!bad) return true;
  msgBegin();
  msgLit('files created by ');
  msgArgLit('builtins.toFile');
  msgLit(' may not reference derivations, but ');
  msgArgStr(name);
  msgLit(' references ');
  const text = shortElement(bad);
  msgArgBytes(strBytes(text), strLen(text));
  raise(Err.Eval);
  return false;
}
/** An element with the base name of its path. */
function shortElement(e: u32): usize {
  const p = symbolBytes(e);
  const n = symbolLen(e);
  let path: u32 = 0;
  while (path < n && load<u8>(p + path) != 0x2f) path++;
  let base = n;
  while (base > path && load<u8>(p + base - 1) != 0x2f) base--;
  bufReset(BUF);
  bufBytes(BUF, p, path);
  bufBytes(BUF, p + base, n - base);
  return mkString(bufData(BUF), bufLen(BUF), 0);
}
