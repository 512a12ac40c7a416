/**
 * What a failed assertion says. For `assert a == b` Nix compares again and tells the difference (assertEqValues).
 */
import { Proc } from '../gen/builtins';
import {
  Err,
  addTrace,
  addTraceLit,
  msgArgLit,
  msgArgStr,
  msgArgSym,
  msgArgInt,
  msgBegin,
  msgLit,
  raise,
  raiseAt,
  setCurrentError,
} from '../diag/errors';
import { msgArgValue, msgShowType } from '../diag/check';
import { KIND_ATTRS, KIND_BOOL, KIND_FLOAT, KIND_INT, KIND_LIST, KIND_NULL, KIND_PATH, KIND_STRING } from '../value/kinds';
import { NULL, deref, isValue, kindOf, listGet, listLen } from '../value/layout';
import { attrsCount, attrsGet, attrsPos, attrsShape, attrsSymbol, attrsValue, shapeFind } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { Act, STATE_ERROR, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from './native';
import { equalNow } from './equal';

/** Slots: left, right (tagged 0 where the condition is no `==`), record | position | text | position of `==` |. */
export function proc_assertFailed(f: usize): i32 {
  const record = slot(f, 2);
  const pos = load<u32>(record);
  switch (stateOf(f)) {
    case 0:
      if (kindOf(slot(f, 0)) == KIND_INT && slot(f, 0) == 1 && slot(f, 1) == 1) {
        setSlotInt(f, 3, 1);
        return plain(record, pos);
      }
      return callProc(f, Proc.assertEqual, slot(f, 0), slot(f, 1), ((<usize>load<u32>(record, 8)) << 1) | 1, 1, 1);
    case STATE_ERROR:
      if (slotInt(f, 3)) return Act.Fail;
      msgBegin();
      msgLit("while evaluating the condition of the assertion '");
      msgArgStr(<usize>load<u32>(record, 4));
      msgLit("'");
      addTrace(pos);
      return Act.Fail;
    default:
      setSlotInt(f, 3, 1);
      return plain(record, pos);
  }
}
function plain(record: usize, pos: u32): i32 {
  msgBegin();
  msgLit("assertion '");
  msgArgStr(<usize>load<u32>(record, 4));
  msgLit("' failed");
  raiseAt(Err.Assert, pos);
  return Act.Fail;
}

// ---- slots: 0 left, 1 right, 2 position, 3 index, 4 what is compared: 1 element, 2 attribute, 3 outPath, 0 nothing

function typed(name: string, l: usize, r: usize): i32 {
  msgBegin();
  msgLit(name);
  msgLit(" '");
  msgArgValue(l);
  msgLit("' is not equal to ");
  msgLit(name);
  msgLit(" '");
  msgArgValue(r);
  msgLit("'");
  raise(Err.Assert);
  return Act.Fail;
}
function differentTypes(l: usize, r: usize, between: string): i32 {
  msgBegin();
  msgShowType(l);
  msgLit(between);
  msgArgValue(l);
  msgLit("' is not equal to ");
  msgShowType(r);
  msgLit(between);
  msgArgValue(r);
  msgLit("'");
  raise(Err.Assert);
  return Act.Fail;
}

export function proc_assertEqual(f: usize): i32 {
  switch (stateOf(f)) {
    case 0:
      if (!isValue(deref(slot(f, 0)))) return force(f, slot(f, 0), 1);
    // fall through
    case 1:
      if (!isValue(deref(slot(f, 1)))) return force(f, slot(f, 1), 2);
    // fall through
    case 2:
      return compare(f, deref(slot(f, 0)), deref(slot(f, 1)));
    case STATE_ERROR:
      return failed(f);
    default:
      if (slotInt(f, 4) == 3) return done(NULL);
      setSlotInt(f, 3, slotInt(f, 3) + 1);
      setSlotInt(f, 4, 0);
      return items(f, deref(slot(f, 0)), deref(slot(f, 1)));
  }
}
function isDerivation(v: usize): bool {
  const t = attrsGet(v, symbolOf('type'));
  if (!t) return false;
  const d = deref(t);
  return isValue(d) && kindOf(d) == KIND_STRING && load<u32>(d, 4) == 10 && load<u64>(d, 12) == 0x6974617669726564;
}
function compare(f: usize, l: usize, r: usize): i32 {
  if (slot(f, 0) == slot(f, 1) && (slot(f, 2) & 1) == 0) return done(NULL);
  const lk = kindOf(l);
  const rk = kindOf(r);
  const numbers = (lk == KIND_INT || lk == KIND_FLOAT) && (rk == KIND_INT || rk == KIND_FLOAT);
  if (numbers) return equalNow(l, r) == 1 ? done(NULL) : differentTypes(l, r, " with value '");
  if (lk != rk) return differentTypes(l, r, " of value '");
  if (lk != KIND_LIST && lk != KIND_ATTRS && equalNow(l, r) == 1) return done(NULL);
  switch (lk) {
    case KIND_BOOL:
      return typed('boolean', l, r);
    case KIND_STRING:
      return typed('string', l, r);
    case KIND_PATH:
      return typed('path', l, r);
    case KIND_NULL:
      return done(NULL);
    case KIND_LIST:
      if (listLen(l) != listLen(r)) return listSizes(l, r);
      return items(f, l, r);
    case KIND_ATTRS:
      if (isDerivation(l) && isDerivation(r)) {
        const a = attrsGet(l, symbolOf('outPath'));
        const b = attrsGet(r, symbolOf('outPath'));
        if (a && b) {
          setSlotInt(f, 4, 3);
          return callProc(f, Proc.assertEqual, a, b, slot(f, 2), 1, 9);
        }
      }
      if (attrsCount(l) != attrsCount(r)) return names(l, r);
      return items(f, l, r);
    default:
      msgBegin();
      msgLit('distinct functions and immediate comparisons of identical functions compare as unequal');
      raise(Err.Assert);
      return Act.Fail;
  }
}
function listSizes(l: usize, r: usize): i32 {
  msgBegin();
  msgLit("list of size '");
  msgArgInt(<i64>listLen(l));
  msgLit("' is not equal to list of size '");
  msgArgInt(<i64>listLen(r));
  msgLit("', left hand side is '");
  msgArgValue(l);
  msgLit("', right hand side is '");
  msgArgValue(r);
  msgLit("'");
  raise(Err.Assert);
  return Act.Fail;
}
function names(l: usize, r: usize): i32 {
  msgBegin();
  msgLit("attribute names of attribute set '");
  msgArgValue(l);
  msgLit("' differs from attribute set '");
  msgArgValue(r);
  msgLit("'");
  raise(Err.Assert);
  return Act.Fail;
}
function missing(l: usize, r: usize, sym: u32, inLeft: bool): i32 {
  msgBegin();
  msgLit("attribute name '");
  msgArgSym(sym);
  msgLit(inLeft ? "' is contained in '" : "' is missing in '");
  msgArgValue(l);
  msgLit(inLeft ? "', but not in '" : "', but is contained in '");
  msgArgValue(r);
  msgLit("'");
  raise(Err.Assert);
  return Act.Fail;
}
/** Compares the items from the index on, each as cells. */
function items(f: usize, l: usize, r: usize): i32 {
  const list = kindOf(l) == KIND_LIST;
  const n = list ? listLen(l) : attrsCount(l);
  for (let i = <u32>slotInt(f, 3); i < n; i++) {
    if (!list && attrsSymbol(l, i) != attrsSymbol(r, i)) {
      if (shapeFind(attrsShape(r), attrsSymbol(l, i)) < 0) return missing(l, r, attrsSymbol(l, i), true);
      return missing(l, r, attrsSymbol(r, i), false);
    }
    const a = list ? listGet(l, i) : attrsValue(l, i);
    const b = list ? listGet(r, i) : attrsValue(r, i);
    if (a == b && isValue(deref(a))) continue;
    setSlotInt(f, 3, <i32>i);
    setSlotInt(f, 4, list ? 1 : 2);
    return callProc(f, Proc.assertEqual, a, b, slot(f, 2), 1, 9);
  }
  return done(NULL);
}
function failed(f: usize): i32 {
  const what = slotInt(f, 4);
  const pos = (<u32>slot(f, 2)) >>> 1;
  if (!what) return Act.Fail;
  msgBegin();
  if (what == 1) {
    msgLit('while comparing list element ');
    msgArgInt(<i64>slotInt(f, 3));
  } else if (what == 3) {
    msgLit("while comparing a derivation by its '");
    msgArgLit('outPath');
    msgLit("' attribute");
  } else {
    const i = <u32>slotInt(f, 3);
    const l = deref(slot(f, 0));
    const r = deref(slot(f, 1));
    if (attrsPos(r, i)) addTraceLit(attrsPos(r, i), 'where right hand side is');
    if (attrsPos(l, i)) addTraceLit(attrsPos(l, i), 'where left hand side is');
    msgBegin();
    msgLit("while comparing attribute '");
    msgArgSym(attrsSymbol(l, i));
    msgLit("'");
  }
  addTrace(pos);
  return Act.Fail;
}
