/** Builtins that look at files and the environment: readFile, readDir, readFileType, pathExists, hashFile, placeholder, getEnv. */
import { placeholderOfName } from '../derivation/placeholder';
import { DERIVATION_PATH, DERIVATION_SOURCE, FETCHURL_PATH, FETCHURL_SOURCE } from '../derivation/source';
import { isInStore, storeDir, storePathLength } from '../derivation/store-path';
import { Err, msgArgStr, msgBegin, msgLit, raise } from '../diag/errors';
import { bufByte, bufData, bufLen, bufReset, bytesAre } from '../heap/text';
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
import { pureEval, restrictEval } from '../settings';
import { contextAdd } from '../value/context';
import { KIND_PATH, KIND_STRING } from '../value/kinds';
import { EMPTY_STRING, allocString, kindOf, mkBool, mkString, strBytes, strContext, strLen } from '../value/layout';
import { DUP_LAST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { symbolIntern } from '../value/symbols';
import { Act, acc, awaitHost, done, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';
import { arg } from './args';
import { hashAlgoName, parseHashAlgo } from './hashText';
import { answerRecord, answerString, answered } from './host';
import { pathNow, realise } from './pathArgs';
import { keptString } from './support';

const BUF: usize = memory.data(12, 4);
const KEPT: usize = memory.data(16, 4);

export function ask(f: usize, kind: Req, path: usize, next: i32): i32 {
  requestBegin(kind);
  requestString(path);
  return awaitHost(f, next);
}

/** The text of a file that is part of the language (its path has an accessor), or 0. */
export function internalText(path: usize): usize {
  if (kindOf(path) != KIND_PATH || !strContext(path)) return 0;
  const text = internalSource(path);
  if (!text.length) return 0;
  const s = allocString(text.length, 0);
  for (let i = 0; i < text.length; i++) store<u8>(strBytes(s) + i, load<u8>(changetype<usize>(text) + ((<usize>i) << 1)));
  return s;
}
export function internalSource(path: usize): string {
  if (bytesAre(strBytes(path), strLen(path), FETCHURL_PATH)) return FETCHURL_SOURCE;
  return bytesAre(strBytes(path), strLen(path), DERIVATION_PATH) ? DERIVATION_SOURCE : '';
}

// ---- readFile

/** Slots: path, contents. */
export function builtin_readFile(f: usize): i32 {
  let state = stateOf(f);
  for (;;) {
    switch (state) {
      case 0: {
        const now = pathNow(slot(f, 0));
        if (!now) return realise(f, slot(f, 0), 1);
        setSlot(f, 0, now);
        state = 2;
        break;
      }
      case 1:
        setSlot(f, 0, acc());
        state = 2;
        break;
      case 2: {
        const internal = internalText(slot(f, 0));
        return internal ? done(internal) : ask(f, Req.ReadFile, slot(f, 0), 3);
      }
      case 3:
        return fileRead(f);
      default:
        return done(withReferences(slot(f, 1)));
    }
  }
  return Act.Fail;
}
function fileRead(f: usize): i32 {
  const path = slot(f, 0);
  if (!answered(strBytes(path), strLen(path))) return Act.Fail;
  const data = answerData();
  const n = answerLen();
  for (let i: u32 = 0; i < n; i++) {
    if (load<u8>(data + i)) continue;
    msgBegin();
    msgLit("the contents of the file '");
    msgArgStr(path);
    msgLit("' cannot be represented as a Nix string");
    raise(Err.Eval);
    return Act.Fail;
  }
  const s = answerString();
  if (!isInStore(strBytes(path), strLen(path))) return done(s);
  setSlot(f, 1, s);
  requestBegin(Req.QueryPath);
  requestBytes(strBytes(path), storePathLength(strBytes(path), strLen(path)));
  requestNumber(3);
  return awaitHost(f, 4);
}
/** The contents with those references of the store object that occur in them as context. */
function withReferences(s: usize): usize {
  if (answerStatus() != Answer.Ok) return s;
  let context: usize = 0;
  const n = answerLen();
  const hash = strLen(storeDir()) + 1;
  for (let at: u32 = 0; at < n;) {
    const len = answerRecord(at);
    if (len > hash + 32 && occurs(s, answerData() + at + hash, 32)) context = contextAdd(context, symbolIntern(answerData() + at, len));
    at += len + 1;
  }
  return context ? mkString(strBytes(s), strLen(s), context) : s;
}
function occurs(s: usize, needle: usize, len: u32): bool {
  const p = strBytes(s);
  const n = strLen(s);
  const first = load<u64>(needle);
  for (let i: u32 = 0; i + len <= n; i++) if (load<u64>(p + i) == first && !memory.compare(p + i, needle, len)) return true;
  return false;
}

// ---- readDir, readFileType, pathExists, hashFile

export function typeString(letter: u32): usize {
  switch (letter) {
    case 0x72:
      return keptString(KEPT, 'regular');
    case 0x64:
      return keptString(KEPT + 4, 'directory');
    case 0x6c:
      return keptString(KEPT + 8, 'symlink');
  }
  return keptString(KEPT + 12, 'unknown');
}

/** Slots: path. */
export function builtin_readDir(f: usize): i32 {
  if (stateOf(f) == 0) {
    const now = pathNow(slot(f, 0));
    if (!now) return realise(f, slot(f, 0), 1);
    setSlot(f, 0, now);
    return ask(f, Req.ReadDir, now, 2);
  }
  if (stateOf(f) == 1) {
    setSlot(f, 0, acc());
    return ask(f, Req.ReadDir, acc(), 2);
  }
  const path = slot(f, 0);
  if (!answered(strBytes(path), strLen(path))) return Act.Fail;
  const mark = attrsBegin();
  const n = answerLen();
  for (let at: u32 = 0; at < n;) {
    const len = answerRecord(at);
    attrsAdd(symbolIntern(answerData() + at, len), typeString(load<u8>(answerData() + at + len + 1)), 0);
    at += len + 2;
    if (at < n && !load<u8>(answerData() + at)) at++;
  }
  return done(attrsFinish(mark, DUP_LAST));
}

function askStat(f: usize, path: usize, mode: u32, next: i32): i32 {
  requestBegin(Req.Stat);
  requestString(path);
  requestNumber(mode);
  return awaitHost(f, next);
}

/** Slots: path. */
export function builtin_readFileType(f: usize): i32 {
  if (stateOf(f) == 0) {
    const now = pathNow(slot(f, 0));
    if (!now) return realise(f, slot(f, 0), 1);
    setSlot(f, 0, now);
    if (internalText(now)) return done(typeString(0x72));
    return askStat(f, now, 2, 2);
  }
  if (stateOf(f) == 1) {
    setSlot(f, 0, acc());
    if (internalText(acc())) return done(typeString(0x72));
    return askStat(f, acc(), 2, 2);
  }
  const path = slot(f, 0);
  if (!answered(strBytes(path), strLen(path))) return Act.Fail;
  switch (answerNumber()) {
    case 0:
      msgBegin();
      msgLit("path '");
      msgArgStr(path);
      msgLit("' does not exist");
      raise(Err.Io);
      return Act.Fail;
    case 1:
      return done(typeString(0x72));
    case 2:
      return done(typeString(0x64));
    case 3:
      return done(typeString(0x6c));
  }
  return done(typeString(0x75));
}

function endsAsFolder(v: usize): bool {
  if (kindOf(v) != KIND_STRING) return false;
  const p = strBytes(v);
  const n = strLen(v);
  if (n && load<u8>(p + n - 1) == 0x2f) return true;
  return n > 1 && load<u8>(p + n - 1) == 0x2e && load<u8>(p + n - 2) == 0x2f;
}
/** Slots: path, whether it must be a folder. */
export function builtin_pathExists(f: usize): i32 {
  if (stateOf(f) == 0) {
    const v = slot(f, 0);
    setSlotInt(f, 1, endsAsFolder(v) ? 1 : 0);
    const now = pathNow(v);
    if (!now) return realise(f, v, 1);
    if (strContext(now)) return done(mkBool(internalText(now) != 0));
    return askStat(f, now, slotInt(f, 1), 2);
  }
  if (stateOf(f) == 1) return askStat(f, acc(), slotInt(f, 1), 2);
  if (answerStatus() == Answer.Error && answerNumber() == Err.Restricted) return done(mkBool(false));
  if (answerStatus() != Answer.Missing && !answered(0, 0)) return Act.Fail;
  const type = answerStatus() == Answer.Missing ? 0 : answerNumber();
  return done(mkBool(slotInt(f, 1) ? type == 2 : type != 0));
}

/** Slots: algorithm, path. */
export function builtin_hashFile(f: usize): i32 {
  if (stateOf(f) == 0) {
    const name = slot(f, 0);
    const algo = parseHashAlgo(strBytes(name), strLen(name));
    if (algo < 0) return Act.Fail;
    setSlotInt(f, 0, algo);
    return realise(f, slot(f, 1), 1);
  }
  if (stateOf(f) == 1) {
    setSlot(f, 1, acc());
    const name = hashAlgoName(slotInt(f, 0));
    bufReset(BUF);
    for (let i = 0; i < name.length; i++) bufByte(BUF, load<u8>(changetype<usize>(name) + ((<usize>i) << 1)));
    requestBegin(Req.HashFile);
    requestString(acc());
    requestBytes(bufData(BUF), bufLen(BUF));
    return awaitHost(f, 2);
  }
  const path = slot(f, 1);
  return answered(strBytes(path), strLen(path)) ? done(answerString()) : Act.Fail;
}

// ---- placeholder, getEnv

export function builtin_placeholder(a: usize): usize {
  const name = arg(a, 0);
  const text = memory.data(64);
  return mkString(text, placeholderOfName(strBytes(name), strLen(name), text), 0);
}
export function builtin_getEnv(f: usize): i32 {
  if (stateOf(f)) return done(answerStatus() == Answer.Ok ? answerString() : EMPTY_STRING);
  if (pureEval() || restrictEval()) return done(EMPTY_STRING);
  return ask(f, Req.GetEnv, slot(f, 0), 1);
}
