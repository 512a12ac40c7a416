/** `fetchurl` and `fetchTarball`: the arguments are checked here, the host fetches. */
import { HashAlgo, hashSize } from '../../../wasm/assembly/hash';
import { failContext, msgArgValue, msgShowType } from '../diag/check';
import { Err, fail, msgArgLit, msgArgStr, msgArgSymBytes, msgBegin, msgLit, raise, raiseAt } from '../diag/errors';
import { bufBytes, bufData, bufLen, bufReset, bufStr, bytesStart } from '../heap/text';
import { pureEval } from '../settings';
import { KIND_ATTRS, KIND_STRING } from '../value/kinds';
import { NULL, kindOf, mkLiteral, mkString, strBytes, strContext, strLen } from '../value/layout';
import { attrsCount, attrsGet, attrsPos, attrsSymbol, attrsValue } from '../value/shapes';
import { symbolBytes, symbolLen } from '../value/symbols';
import { Act, acc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { bufHex, readHash } from '../derivation/hashes';
import { warnEmptyHash } from '../derivation/instantiate';
import { msgNameFault, nameFault } from '../derivation/names';
import { Method, fixedOutputPath } from '../derivation/store-path';
import { Word, wordOf, wordSymbol } from '../derivation/words';
import { answerJson, askFetch, jsonBegin, jsonKey, jsonScalar, jsonText, withStoreContext } from './fetchJson';
import { answered } from './host';

const URL_CTX: string = 'while evaluating the url we should fetch';
const HASH_CTX: string = 'while evaluating the sha256 of the content we should fetch';
const NAME_CTX: string = 'while evaluating the name of the content we should fetch';

const enum S {
  Argument = 0,
  Index,
  Url,
  Name,
  /** expected digest, or NULL */
  Digest,
  /** the name was given */
  Named,
}
const enum State {
  Start = 0,
  Attr,
  EmptyHash,
  Fetched,
}
const BUF: usize = memory.data(12, 4);

/** Raises `expected WHAT but found …` at a position; the trace line is the frame's. */
export function failTypedAt(what: string, v: usize, pos: u32): i32 {
  msgBegin();
  msgLit('expected ');
  msgLit(what);
  msgLit(' but found ');
  msgShowType(v);
  msgLit(': ');
  msgArgValue(v);
  raiseAt(Err.Type, pos);
  return Act.Fail;
}
/** Whether a value is a string without context; if not the error is raised. */
export function plainAt(v: usize, pos: u32): bool {
  if (kindOf(v) != KIND_STRING) {
    failTypedAt('a string', v, pos);
    return false;
  }
  if (!strContext(v)) return true;
  failContext(v);
  return false;
}

export function builtin_fetchurl(f: usize): i32 {
  return fetch(f, 'fetchurl', false);
}
export function builtin_fetchTarball(f: usize): i32 {
  return fetch(f, 'fetchTarball', true);
}

/** Slots: see S. */
function fetch(f: usize, who: string, unpack: bool): i32 {
  const v = slot(f, S.Argument);
  switch (stateOf(f)) {
    case State.Start:
      setSlot(f, S.Url, NULL);
      setSlot(f, S.Digest, NULL);
      setSlot(f, S.Name, mkLiteral(unpack ? 'source' : ''));
      if (kindOf(v) == KIND_ATTRS) return attribute(f, who, unpack);
      traceOn(f, 0, URL_CTX);
      if (!plainAt(v, 0)) return Act.Fail;
      traceOff(f);
      setSlot(f, S.Url, v);
      return check(f, who, unpack);
    case State.Attr: {
      const i = slotInt(f, S.Index);
      if (!plainAt(acc(), attrsPos(v, i))) return Act.Fail;
      traceOff(f);
      const w = wordOf(attrsSymbol(v, i));
      if (w == Word.Url) setSlot(f, S.Url, acc());
      else if (w == Word.Name) {
        setSlot(f, S.Name, acc());
        setSlotInt(f, S.Named, 1);
      } else {
        if (!takeHash(f, acc())) return Act.Fail;
        if (!strLen(acc())) return warnEmptyHash(f, HashAlgo.SHA256, State.EmptyHash);
      }
      setSlotInt(f, S.Index, i + 1);
      return attribute(f, who, unpack);
    }
    case State.EmptyHash:
      setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
      return attribute(f, who, unpack);
  }
  return fetched(f);
}
function takeHash(f: usize, s: usize): bool {
  const digest = memory.data(64, 8);
  memory.fill(digest, 0, 64);
  if (strLen(s) && readHash(strBytes(s), strLen(s), HashAlgo.SHA256, digest) < 0) return false;
  setSlot(f, S.Digest, mkString(digest, hashSize(HashAlgo.SHA256), 0));
  return true;
}
function attribute(f: usize, who: string, unpack: bool): i32 {
  const set = slot(f, S.Argument);
  const i = <u32>slotInt(f, S.Index);
  if (i == attrsCount(set)) {
    if (slot(f, S.Url) != NULL) return check(f, who, unpack);
    fail(Err.Eval, "'url' argument required");
    return Act.Fail;
  }
  let ctx: string = '';
  switch (wordOf(attrsSymbol(set, i))) {
    case Word.Url:
      ctx = URL_CTX;
      break;
    case Word.Sha256:
      ctx = HASH_CTX;
      break;
    case Word.Name:
      ctx = NAME_CTX;
      break;
    default:
      msgBegin();
      msgLit("unsupported argument '");
      msgArgSymBytes(attrsSymbol(set, i));
      return unsupported(who, 0);
  }
  traceOn(f, attrsPos(set, i), ctx);
  return force(f, attrsValue(set, i), State.Attr);
}
/** Raises `unsupported argument 'x' to 'fetcher'`, of which the first half stands in the message. */
export function unsupported(who: string, pos: u32): i32 {
  msgLit("' to '");
  msgArgLit(who);
  msgLit("'");
  raiseAt(Err.Eval, pos);
  return Act.Fail;
}

/** `channel:NAME` stands for a URL. */
function resolveChannel(s: usize): usize {
  if (!bytesStart(strBytes(s), strLen(s), 'channel:')) return s;
  bufReset(BUF);
  bufStr(BUF, 'https://channels.nixos.org/');
  bufBytes(BUF, strBytes(s) + 8, strLen(s) - 8);
  bufStr(BUF, '/nixexprs.tar.xz');
  return mkString(bufData(BUF), bufLen(BUF), 0);
}
/** What stands behind the last slash; slashes at the end do not count. */
function baseOfUrl(s: usize): usize {
  const p = strBytes(s);
  let n = strLen(s);
  if (n > 1 && load<u8>(p + n - 1) == 0x2f) n--;
  let i = n;
  while (i && load<u8>(p + i - 1) != 0x2f) i--;
  return mkString(p + i, n - i, 0);
}

function check(f: usize, who: string, unpack: bool): i32 {
  if (unpack) setSlot(f, S.Url, resolveChannel(slot(f, S.Url)));
  const url = slot(f, S.Url);
  if (!strLen(slot(f, S.Name))) setSlot(f, S.Name, baseOfUrl(url));
  const name = slot(f, S.Name);
  const fault = nameFault(strBytes(name), strLen(name));
  if (fault) return failName(f, who, fault);
  const digest = slot(f, S.Digest);
  if (pureEval() && digest == NULL) {
    msgBegin();
    msgLit("in pure evaluation mode, '");
    msgArgLit(who);
    msgLit("' requires a 'sha256' argument");
    raise(Err.Eval);
    return Act.Fail;
  }
  jsonBegin();
  jsonKey('url');
  jsonScalar(url);
  jsonKey('name');
  jsonScalar(name);
  if (digest != NULL && !expectation(name, digest, unpack)) return Act.Fail;
  return askFetch(f, who, State.Fetched);
}
function expectation(name: usize, digest: usize, unpack: bool): bool {
  const path = fixedOutputPath(unpack ? Method.Nar : Method.Flat, HashAlgo.SHA256, strBytes(digest), strBytes(name), strLen(name));
  if (!path) return false;
  bufReset(BUF);
  bufHex(BUF, strBytes(digest), hashSize(HashAlgo.SHA256));
  jsonKey('sha256');
  jsonText(bufData(BUF), bufLen(BUF));
  jsonKey('expected');
  jsonText(symbolBytes(path), symbolLen(path));
  return true;
}
function failName(f: usize, who: string, fault: u32): i32 {
  const name = slot(f, S.Name);
  msgBegin();
  msgLit("invalid store path name when fetching URL '");
  msgArgStr(slot(f, S.Url));
  msgLit("': ");
  msgNameFault(fault, strBytes(name), strLen(name));
  msgLit('. ');
  if (slotInt(f, S.Named)) {
    msgLit("Please change the value for the 'name' attribute passed to '");
    msgArgLit(who);
    msgLit("', so that it can create a valid store path.");
  } else if (kindOf(slot(f, S.Argument)) == KIND_ATTRS) {
    msgLit("Please add a valid 'name' attribute to the argument for '");
    msgArgLit(who);
    msgLit("', so that it can create a valid store path.");
  } else {
    msgLit("Please pass an attribute set with 'url' and 'name' attributes to '");
    msgArgLit(who);
    msgLit("',  so that it can create a valid store path.");
  }
  raise(Err.Eval);
  return Act.Fail;
}
/** The result of a fetcher that returns a store path alone. */
export function fetched(f: usize): i32 {
  if (!answered(0, 0)) return Act.Fail;
  const set = answerJson();
  if (!set) return Act.Fail;
  withStoreContext(set);
  return done(attrsGet(set, wordSymbol(Word.OutPath)));
}
