/** `fetchTree`, `fetchGit`, `fetchMercurial`, `fetchFinalTree`: the input's attributes are evaluated here, the host fetches. */
import { msgShowType } from '../diag/check';
import { Err, fail, msgArgInt, msgArgLit, msgArgSym, msgBegin, msgBytes, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { Feature, featureEnabled, pureEval } from '../settings';
import { KIND_ATTRS, KIND_BOOL, KIND_INT, KIND_PATH, KIND_STRING } from '../value/kinds';
import {
  EMPTY_STRING,
  NULL,
  TRUE,
  cell,
  intValue,
  kindOf,
  mkCells,
  mkLiteral,
  mkString,
  setCell,
  strBytes,
  strLen,
  tag,
} from '../value/layout';
import { attrsCount, attrsPos, attrsShape, attrsSymbol, attrsValue, shapeFind } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { Act, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf, traceOff, traceOn } from '../vm/native';
import { failFeature } from '../derivation/hashes';
import { Word, wordOf, wordSymbol } from '../derivation/words';
import { bytesAre } from '../heap/text';
import { coerce, plainText } from './coercion';
import { plainAt, unsupported } from './fetch';
import { answerJson, askFetch, jsonBegin, jsonKey, jsonKeySymbol, jsonRaw, jsonScalar, withStoreContext } from './fetchJson';
import { answered } from './host';

const enum S {
  Argument = 0,
  Index,
  /** cells: the value of each attribute, NULL where it is left out */
  Values,
  Type,
}
const enum State {
  Start = 0,
  Type,
  Attr,
  Keys,
  Text,
  Fetched,
}
const enum Fetcher {
  Tree,
  Git,
  FinalTree,
}

function nameOf(which: Fetcher): string {
  return which == Fetcher.Git ? 'fetchGit' : 'fetchTree';
}
function typeContext(which: Fetcher): string {
  return which == Fetcher.Git
    ? "while evaluating the `type` argument passed to 'fetchGit'"
    : "while evaluating the `type` argument passed to 'fetchTree'";
}
function textContext(which: Fetcher): string {
  return which == Fetcher.Git
    ? "while evaluating the first argument passed to 'fetchGit'"
    : "while evaluating the first argument passed to 'fetchTree'";
}

export function builtin_fetchTree(f: usize): i32 {
  return fetchTree(f, Fetcher.Tree);
}
export function builtin_fetchGit(f: usize): i32 {
  return fetchTree(f, Fetcher.Git);
}
/** For the code that evaluates lock files only: no name leads to it. */
export function builtin_fetchFinalTree(f: usize): i32 {
  return fetchTree(f, Fetcher.FinalTree);
}

/** Slots: see S. */
function fetchTree(f: usize, which: Fetcher): i32 {
  switch (stateOf(f)) {
    case State.Start:
      return start(f, which);
    case State.Type:
      if (!plainAt(acc(), typePos(f))) return Act.Fail;
      traceOff(f);
      setSlot(f, S.Type, acc());
      return attribute(f, which);
    case State.Attr:
      return takeAttribute(f, which);
    case State.Keys:
      setCell(slot(f, S.Values), slotInt(f, S.Index), mkString(strBytes(acc()), strLen(acc()), 0));
      setSlotInt(f, S.Index, slotInt(f, S.Index) + 1);
      return attribute(f, which);
    case State.Text:
      return sendText(f, acc(), which);
  }
  return treeFetched(f);
}
function typePos(f: usize): u32 {
  const set = slot(f, S.Argument);
  const i = shapeFind(attrsShape(set), wordSymbol(Word.Type));
  return i < 0 ? 0 : attrsPos(set, i);
}
function start(f: usize, which: Fetcher): i32 {
  const v = slot(f, S.Argument);
  if (kindOf(v) != KIND_ATTRS) return coerce(f, v, 0, textContext(which), State.Text);
  setSlot(f, S.Values, mkCells(attrsCount(v) + 1));
  setSlotInt(f, S.Index, 0);
  const i = shapeFind(attrsShape(v), wordSymbol(Word.Type));
  if (which == Fetcher.Git) {
    if (i >= 0) {
      fail(Err.Eval, "unexpected argument 'type'");
      return Act.Fail;
    }
    setSlot(f, S.Type, mkLiteral('git'));
    return attribute(f, which);
  }
  if (i < 0) {
    msgBegin();
    msgLit("argument 'type' is missing in call to '");
    msgArgLit(nameOf(which));
    msgLit("'");
    raise(Err.Eval);
    return Act.Fail;
  }
  traceOn(f, attrsPos(v, i), typeContext(which));
  return force(f, attrsValue(v, i), State.Type);
}

/** Forces the next attribute that is not the type, or sends the request. */
function attribute(f: usize, which: Fetcher): i32 {
  const set = slot(f, S.Argument);
  for (let i = <u32>slotInt(f, S.Index); i < attrsCount(set); i++) {
    if (attrsSymbol(set, i) == wordSymbol(Word.Type)) continue;
    setSlotInt(f, S.Index, i);
    return force(f, attrsValue(set, i), State.Attr);
  }
  return send(f, which);
}
function takeAttribute(f: usize, which: Fetcher): i32 {
  const v = acc();
  const i = slotInt(f, S.Index);
  const name = attrsSymbol(slot(f, S.Argument), i);
  let out: usize = 0;
  switch (kindOf(v)) {
    case KIND_STRING:
    case KIND_PATH:
      out = plainText(v);
      break;
    case KIND_BOOL:
      out = v;
      break;
    case KIND_INT:
      if (intValue(v) < 0) return failNegative(which, name, intValue(v));
      out = v;
      break;
    default:
      if (wordOf(name) != Word.PublicKeys) return failKind(which, name, v);
      if (!featureEnabled(Feature.VerifiedFetches)) {
        failFeature('verified-fetches');
        return Act.Fail;
      }
      return callProc(f, Proc.toJsonText, v, tag(0), tag(0), tag(0), State.Keys);
  }
  setCell(slot(f, S.Values), i, out);
  setSlotInt(f, S.Index, i + 1);
  return attribute(f, which);
}
function failNegative(which: Fetcher, name: u32, n: i64): i32 {
  msgBegin();
  msgLit("negative value given for '");
  msgArgLit(nameOf(which));
  msgLit("' argument '");
  msgArgSym(name);
  msgLit("': ");
  msgArgInt(n);
  raise(Err.Eval);
  return Act.Fail;
}
function failKind(which: Fetcher, name: u32, v: usize): i32 {
  msgBegin();
  msgLit("argument '");
  msgArgSym(name);
  msgLit("' to '");
  msgArgLit(nameOf(which));
  msgLit("' is ");
  msgShowType(v);
  msgLit(' while a string, Boolean or integer is expected');
  raise(Err.Type);
  return Act.Fail;
}

function has(f: usize, name: string): i32 {
  return shapeFind(attrsShape(slot(f, S.Argument)), symbolOf(name));
}
/** Whether a Boolean attribute is there and true. */
function isSet(f: usize, name: string): bool {
  const i = has(f, name);
  return i >= 0 && cell(slot(f, S.Values), i) == TRUE;
}
function send(f: usize, which: Fetcher): i32 {
  const set = slot(f, S.Argument);
  const type = slot(f, S.Type);
  if (which != Fetcher.Git && has(f, 'name') >= 0) return failNamed(which);
  jsonBegin();
  jsonKey('type');
  jsonScalar(type);
  for (let i: u32 = 0; i < attrsCount(set); i++) {
    const v = cell(slot(f, S.Values), i);
    if (v == NULL) continue;
    jsonKeySymbol(attrsSymbol(set, i));
    jsonScalar(v);
  }
  if (which == Fetcher.Git && has(f, 'exportIgnore') < 0 && !isSet(f, 'submodules')) addTrue('exportIgnore');
  if (which != Fetcher.Git && has(f, 'shallow') < 0 && bytesAre(strBytes(type), strLen(type), 'git')) addTrue('shallow');
  return ask(f, which);
}
function addTrue(name: string): void {
  jsonKey(name);
  jsonRaw('true');
}
function ask(f: usize, which: Fetcher): i32 {
  if (which == Fetcher.Git) return askFetch(f, 'fetchGit', State.Fetched);
  return askFetch(f, which == Fetcher.Tree ? 'fetchTree' : 'fetchFinalTree', State.Fetched);
}
function failNamed(which: Fetcher): i32 {
  msgBegin();
  msgLit("argument 'name' isn");
  // a typographic apostrophe
  msgBytes(memory.data<u8>([0xe2, 0x80, 0x99]), 3);
  msgLit("t supported in call to '");
  msgArgLit(nameOf(which));
  msgLit("'");
  raise(Err.Eval);
  return Act.Fail;
}
function sendText(f: usize, s: usize, which: Fetcher): i32 {
  if (which != Fetcher.Git && !featureEnabled(Feature.Flakes)) {
    msgBegin();
    msgLit("passing a string argument to '");
    msgArgLit(nameOf(which));
    msgLit("' requires the 'flakes' experimental feature");
    raise(Err.Eval);
    return Act.Fail;
  }
  jsonBegin();
  if (which == Fetcher.Git) {
    jsonKey('type');
    jsonRaw('"git"');
  }
  jsonKey('url');
  jsonScalar(s);
  addTrue(which == Fetcher.Git ? 'exportIgnore' : '__fromURL');
  return ask(f, which);
}
/** The tree's attributes are the host's. */
function treeFetched(f: usize): i32 {
  if (!answered(0, 0)) return Act.Fail;
  const set = answerJson();
  if (!set) return Act.Fail;
  withStoreContext(set);
  return done(set);
}

// ---- fetchMercurial

const HG_URL: string = 'while evaluating the `url` attribute passed to builtins.fetchMercurial';
const HG_REV: string = 'while evaluating the `rev` attribute passed to builtins.fetchMercurial';
const HG_NAME: string = 'while evaluating the `name` attribute passed to builtins.fetchMercurial';
const HG_FIRST: string = 'while evaluating the first argument passed to builtins.fetchMercurial';

const enum H {
  Argument = 0,
  Index,
  Url,
  Rev,
  Name,
}
const enum HgState {
  Start = 0,
  Url,
  Rev,
  Name,
  Whole,
  Fetched,
}

/** Slots: see H. */
export function builtin_fetchMercurial(f: usize): i32 {
  const v = slot(f, H.Argument);
  const state = stateOf(f);
  switch (state) {
    case HgState.Start:
      setSlot(f, H.Url, EMPTY_STRING);
      setSlot(f, H.Rev, NULL);
      setSlot(f, H.Name, mkLiteral('source'));
      if (kindOf(v) == KIND_ATTRS) return hgAttribute(f);
      return coerce(f, v, 0, HG_FIRST, HgState.Whole);
    case HgState.Whole:
      setSlot(f, H.Url, acc());
      return hgSend(f);
    case HgState.Fetched:
      return treeFetched(f);
  }
  if (state != HgState.Url && !plainAt(acc(), attrsPos(v, slotInt(f, H.Index)))) return Act.Fail;
  traceOff(f);
  setSlot(f, state == HgState.Url ? H.Url : state == HgState.Rev ? H.Rev : H.Name, acc());
  setSlotInt(f, H.Index, slotInt(f, H.Index) + 1);
  return hgAttribute(f);
}
function hgAttribute(f: usize): i32 {
  const set = slot(f, H.Argument);
  const i = <u32>slotInt(f, H.Index);
  if (i == attrsCount(set)) {
    if (strLen(slot(f, H.Url))) return hgSend(f);
    fail(Err.Eval, "'url' argument required");
    return Act.Fail;
  }
  const pos = attrsPos(set, i);
  const v = attrsValue(set, i);
  switch (wordOf(attrsSymbol(set, i))) {
    case Word.Url:
      return callProc(f, Proc.coerceToString, v, tag(0), tag(<i32>changetype<usize>(HG_URL)), tag(pos), HgState.Url);
    case Word.Rev:
      traceOn(f, pos, HG_REV);
      return force(f, v, HgState.Rev);
    case Word.Name:
      traceOn(f, pos, HG_NAME);
      return force(f, v, HgState.Name);
  }
  msgBegin();
  msgLit("unsupported argument '");
  msgArgSym(attrsSymbol(set, i));
  return unsupported('fetchMercurial', pos);
}
/** Whether a text is a whole revision: forty digits of base 16. */
function isRevision(s: usize): bool {
  if (strLen(s) != 40) return false;
  for (let i: u32 = 0; i < 40; i++) {
    const c = <u32>load<u8>(strBytes(s) + i);
    if (c - 0x30 >= 10 && (c | 0x20) - 0x61 >= 6) return false;
  }
  return true;
}
function hgSend(f: usize): i32 {
  const rev = slot(f, H.Rev);
  const whole = rev != NULL && isRevision(rev);
  if (pureEval() && !whole) {
    fail(Err.Plain, "in pure evaluation mode, 'fetchMercurial' requires a Mercurial revision");
    return Act.Fail;
  }
  jsonBegin();
  jsonKey('type');
  jsonRaw('"hg"');
  jsonKey('url');
  jsonScalar(slot(f, H.Url));
  jsonKey('name');
  jsonScalar(slot(f, H.Name));
  if (rev != NULL) {
    jsonKey(whole ? 'rev' : 'ref');
    jsonScalar(rev);
  }
  return askFetch(f, 'fetchMercurial', HgState.Fetched);
}
