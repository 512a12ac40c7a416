/** `getFlake`, `parseFlakeRef`, `flakeRefToString`: flakes are resolved and locked by the host. */
import { msgShowType } from '../diag/check';
import { Err, msgArgInt, msgArgSym, msgBegin, msgLit, raise } from '../diag/errors';
import { Proc } from '../gen/builtins';
import { rootAddress } from '../heap/state';
import { Req, answerData, answerLen, requestBegin, requestBytes, requestString } from '../requests';
import { bufData, bufLen, bufReset, bufStr } from '../heap/text';
import { KIND_BOOL, KIND_INT, KIND_STRING } from '../value/kinds';
import { deref, intValue, kindOf, mkPrimop, mkString } from '../value/layout';
import { attrsCount, attrsGet, attrsShape, attrsSymbol, attrsValue, shapeFind } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { Act, acc, awaitHost, call1, call2, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from '../vm/native';
import { answerJson, askJson, jsonBegin, jsonKeySymbol, jsonScalar, withStoreContext } from './fetchJson';
import { FLAKE_PATH, FLAKE_SOURCE } from './flakeSource';
import { answered } from './host';
import { internalFunction } from './registry';

/** Root slot of the function that evaluates a lock file. */
const ROOT_FLAKE: u32 = 48;
const WHAT: usize = memory.data(12, 4);

function ask(f: usize, what: string, reference: usize, next: i32): i32 {
  bufReset(WHAT);
  bufStr(WHAT, what);
  requestBegin(Req.Flake);
  requestBytes(bufData(WHAT), bufLen(WHAT));
  requestString(reference);
  return awaitHost(f, next);
}

/** Slots: reference, the host's answer (a set). */
export function builtin_getFlake(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      return ask(f, 'getFlake', slot(f, 0), 1);
    case 1: {
      if (!answered(0, 0)) return Act.Fail;
      const answer = answerJson();
      if (!answer) return Act.Fail;
      addContexts(attrsGet(answer, symbolOf('overrides')));
      setSlot(f, 1, answer);
      return force(f, flakeFunction(), 2);
    }
    case 2:
      return call2(f, acc(), attrsGet(slot(f, 1), symbolOf('lockFile')), attrsGet(slot(f, 1), symbolOf('overrides')), 3);
    case 3:
      return call1(f, acc(), mkPrimop(Proc.fetchFinalTree), 4);
  }
  return done(acc());
}
function flakeFunction(): usize {
  const at = rootAddress(ROOT_FLAKE);
  if (!load<u32>(at)) store<u32>(at, <u32>internalFunction(FLAKE_SOURCE, FLAKE_PATH));
  return <usize>load<u32>(at);
}
/** Gives the trees in the host's answer their context. */
function addContexts(overrides: usize): void {
  if (!overrides) return;
  const sourceInfo = symbolOf('sourceInfo');
  const set = deref(overrides);
  for (let i: u32 = 0; i < attrsCount(set); i++) {
    const node = deref(attrsValue(set, i));
    const at = shapeFind(attrsShape(node), sourceInfo);
    if (at >= 0) withStoreContext(deref(attrsValue(node, at)));
  }
}

export function builtin_parseFlakeRef(f: usize): i32 {
  if (stateOf(f) == 0) return ask(f, 'parseFlakeRef', slot(f, 0), 1);
  if (!answered(0, 0)) return Act.Fail;
  return done(answerJson());
}

/** Slots: set, index. */
export function builtin_flakeRefToString(f: usize): i32 {
  const set = slot(f, 0);
  const state = stateOf(f);
  if (state == 2) return answered(0, 0) ? done(mkString(answerData(), answerLen(), 0)) : Act.Fail;
  if (state == 1) {
    if (!checkRefAttr(attrsSymbol(set, slotInt(f, 1)), acc())) return Act.Fail;
    setSlotInt(f, 1, slotInt(f, 1) + 1);
  }
  const i = <u32>slotInt(f, 1);
  if (i < attrsCount(set)) return force(f, attrsValue(set, i), 1);
  jsonBegin();
  for (let k: u32 = 0; k < attrsCount(set); k++) {
    jsonKeySymbol(attrsSymbol(set, k));
    jsonScalar(deref(attrsValue(set, k)));
  }
  return askJson(f, Req.Flake, 'flakeRefToString', 2);
}
function checkRefAttr(name: u32, v: usize): bool {
  const kind = kindOf(v);
  if (kind == KIND_STRING || kind == KIND_BOOL) return true;
  if (kind == KIND_INT) {
    if (intValue(v) >= 0) return true;
    msgBegin();
    msgLit('negative value given for flake ref attr ');
    msgArgSym(name);
    msgLit(': ');
    msgArgInt(intValue(v));
    raise(Err.Eval);
    return false;
  }
  msgBegin();
  msgLit("flake reference attribute sets may only contain integers, Booleans, and strings, but attribute '");
  msgArgSym(name);
  msgLit("' is ");
  msgShowType(v);
  raise(Err.Eval);
  return false;
}
