/**
 * Forcing a value and all that is in it (`deepSeq`, `--strict`): attributes in the order of their symbols. What has been entered is
 * marked by an entry in a table of addresses, so that sets that contain themselves end. Objects never move.
 */
import { functionPos } from "../compile/functions";
import { addTrace, msgArgInt, msgArgSym, msgBegin, msgLit } from "../diag/errors";
import { KIND_APP, KIND_APP2, KIND_ATTRS, KIND_LAMBDA, KIND_LIST } from "../value/kinds";
import { cell, deref, isValue, kindOf, listGet, listLen, mkBytes, mkCells, setCell } from "../value/layout";
import { attrsCount, attrsPos, attrsSymbol, attrsValue } from "../value/shapes";
import { Proc } from "../gen/builtins";
import { maxCallDepth } from "../settings";
import { failDepth } from "./fail";
import { Act, VM_DEPTH, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from "./native";

// Slots: 0 value, 1 the table of what was entered (BYTES: | count | mask | addresses |), 2 index, 3 whether items are walked, 4 position that the value is forced for
const ENTER: i32 = 0;
const NESTED: i32 = 1;
const FORCED: i32 = 2;

function tableNew(size: u32): usize {
  const t = mkBytes(8 + (<usize>size << 2));
  store<u32>(t, 0, 4);
  store<u32>(t, size - 1, 8);
  memory.fill(t + 12, 0, <usize>size << 2);
  return t;
}
function tableAdd(t: usize, p: u32): bool {
  const mask = load<u32>(t, 8);
  let at = ((p >>> 2) * 0x9e3779b1) & mask;
  for (;;) {
    const found = load<u32>(t + (<usize>at << 2), 12);
    if (found == p) return false;
    if (!found) break;
    at = (at + 1) & mask;
  }
  store<u32>(t + (<usize>at << 2), p, 12);
  store<u32>(t, load<u32>(t, 4) + 1, 4);
  return true;
}

// The table of the walk under way is reached through a cell, since it grows: slot 1 holds a CELLS of one.

/** Notes that an object is entered; false if it was before. */
function note(holder: usize, p: usize): bool {
  let t = cell(holder, 0);
  if (load<u32>(t, 4) * 2 > load<u32>(t, 8)) {
    const bigger = tableNew((load<u32>(t, 8) + 1) * 4);
    const n = load<u32>(t, 8) + 1;
    for (let i: u32 = 0; i < n; i++) {
      const p = load<u32>(t + (<usize>i << 2), 12);
      if (p) tableAdd(bigger, p);
    }
    setCell(holder, 0, bigger);
    t = bigger;
  }
  return tableAdd(t, <u32>p);
}

export function proc_deepForce(f: usize): i32 {
  switch (stateOf(f)) {
    case ENTER: {
      const v = deref(slot(f, 0));
      if (!isValue(v)) {
        setSlotInt(f, 4, <i32>determinePos(v));
        return force(f, v, FORCED);
      }
      setSlot(f, 0, v);
      return enter(f, v);
    }
    case FORCED:
      setSlot(f, 0, acc());
      return enter(f, acc());
    case NESTED:
      setSlotInt(f, 2, slotInt(f, 2) + 1);
      return items(f);
    default:
      return failed(f);
  }
}
function enter(f: usize, v: usize): i32 {
  const k = kindOf(v);
  if (k != KIND_ATTRS && k != KIND_LIST) return done(v);
  if (slot(f, 1) & 1 || !slot(f, 1)) {
    const holder = mkCells(1);
    setCell(holder, 0, tableNew(64));
    setSlot(f, 1, holder);
  }
  if (!note(slot(f, 1), v)) return done(v);
  setSlotInt(f, 3, 1);
  return items(f);
}
/** Goes through the items from the index on. */
function items(f: usize): i32 {
  const v = slot(f, 0);
  const list = kindOf(v) == KIND_LIST;
  const n = list ? listLen(v) : attrsCount(v);
  for (let i = <u32>slotInt(f, 2); i < n; i++) {
    const x = deref(list ? listGet(v, i) : attrsValue(v, i));
    setSlotInt(f, 2, <i32>i);
    if (load<u32>(VM_DEPTH) > maxCallDepth()) {
      failDepth(determinePos(x));
      return failed(f);
    }
    const k: u32 = isValue(x) ? kindOf(x) : KIND_LIST;
    if (k == KIND_LIST || k == KIND_ATTRS) return callProc(f, Proc.deepForce, x, slot(f, 1), 1, 1, NESTED);
  }
  return done(v);
}
/** Nix's Value::determinePos, for what has a position by itself: functions, and applications of them. */
function determinePos(x: usize): u32 {
  while ((x & 1) == 0) {
    const k = <u32>load<u8>(x);
    if (k == KIND_LAMBDA) return functionPos(<usize>load<u32>(x, 4));
    if (k != KIND_APP && k != KIND_APP2) return 0;
    x = deref(<usize>load<u32>(x, 4));
  }
  return 0;
}
function failed(f: usize): i32 {
  if (!slotInt(f, 3)) return Act.Fail;
  const v = slot(f, 0);
  const i = <u32>slotInt(f, 2);
  msgBegin();
  if (kindOf(v) == KIND_LIST) {
    msgLit("while evaluating list element at index ");
    msgArgInt(<i64>i);
    addTrace(0);
  } else {
    msgLit("while evaluating the attribute '");
    msgArgSym(attrsSymbol(v, i));
    msgLit("'");
    addTrace(attrsPos(v, i));
  }
  return Act.Fail;
}
