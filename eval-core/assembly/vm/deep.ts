/**
 * Forcing a value and all that is in it (`deepSeq`, `--strict`): attributes in the order of their symbols. What has been entered is
 * kept in a table, so that sets that contain themselves end. As in Nix it is the cells that are noted, not what they lead to: a set that
 * is reached through another cell is walked again, as far as its own cells are new. Objects never move.
 */
import { valuePosition } from '../diag/value-position';
import { addTrace, msgArgInt, msgArgSym, msgBegin, msgLit } from '../diag/errors';
import { KIND_ATTRS, KIND_LIST } from '../value/kinds';
import { NULL, cell, deref, isValue, kindOf, listGet, listLen, mkCells, setCell, tag, untag } from '../value/layout';
import { attrsCount, attrsPos, attrsSymbol, attrsValue } from '../value/shapes';
import { Proc } from '../gen/builtins';
import { maxCallDepth } from '../settings';
import { failDepth } from './fail';
import { Act, VM_DEPTH, acc, callProc, done, force, setSlot, setSlotInt, slot, slotInt, stateOf } from './native';

// Slots: 0 value, 1 a cell with the table of what was entered (CELLS: | count | mask | references … |, tagged 0 where there is none), 2 index, 3 whether items are walked, 4 position that the value is forced for
const ENTER: i32 = 0;
const NESTED: i32 = 1;
const FORCED: i32 = 2;

const NONE: u32 = 1;

function tableNew(size: u32): usize {
  const t = mkCells(2 + size);
  setCell(t, 0, tag(0));
  setCell(t, 1, tag(size - 1));
  for (let i: u32 = 0; i < size; i++) setCell(t, 2 + i, NONE);
  return t;
}
function tableAdd(t: usize, p: u32): bool {
  const mask = <u32>untag(cell(t, 1));
  let at = ((p >>> 2) * 0x9e3779b1) & mask;
  for (;;) {
    const found = <u32>cell(t, 2 + at);
    if (found == p) return false;
    if (found == NONE) break;
    at = (at + 1) & mask;
  }
  setCell(t, 2 + at, p);
  setCell(t, 0, tag(untag(cell(t, 0)) + 1));
  return true;
}

// The table of the walk under way is reached through a cell, since it grows: slot 1 holds a CELLS of one.

/** Notes that a cell is entered; false if it was before. */
function note(f: usize, p: usize): bool {
  if (slot(f, 1) & 1 || !slot(f, 1)) {
    const first = mkCells(1);
    setCell(first, 0, tableNew(64));
    setSlot(f, 1, first);
  }
  const holder = slot(f, 1);
  let t = cell(holder, 0);
  const n = <u32>untag(cell(t, 1)) + 1;
  if (<u32>untag(cell(t, 0)) * 2 >= n) {
    const bigger = tableNew(n * 4);
    for (let i: u32 = 0; i < n; i++) if (<u32>cell(t, 2 + i) != NONE) tableAdd(bigger, <u32>cell(t, 2 + i));
    setCell(holder, 0, bigger);
    t = bigger;
  }
  return tableAdd(t, <u32>p);
}

export function proc_deepForce(f: usize): i32 {
  switch (stateOf(f)) {
    case ENTER: {
      const raw = slot(f, 0);
      const v = deref(raw);
      if (isValue(v) && kindOf(v) != KIND_LIST && kindOf(v) != KIND_ATTRS) return done(v);
      if (!note(f, raw)) return done(NULL);
      if (isValue(v)) return enter(f, v);
      setSlotInt(f, 4, <i32>valuePosition(v, 0));
      return force(f, v, FORCED);
    }
    case FORCED:
      return enter(f, acc());
    case NESTED:
      setSlotInt(f, 2, slotInt(f, 2) + 1);
      return items(f);
    default:
      return failed(f);
  }
}
/** The value itself is forced. */
function enter(f: usize, v: usize): i32 {
  const k = kindOf(v);
  if (k != KIND_ATTRS && k != KIND_LIST) return done(v);
  setSlot(f, 0, v);
  setSlotInt(f, 3, 1);
  return items(f);
}
/** Goes through the items from the index on. */
function items(f: usize): i32 {
  const v = slot(f, 0);
  const list = kindOf(v) == KIND_LIST;
  const n = list ? listLen(v) : attrsCount(v);
  for (let i = <u32>slotInt(f, 2); i < n; i++) {
    const raw = list ? listGet(v, i) : attrsValue(v, i);
    const x = deref(raw);
    setSlotInt(f, 2, <i32>i);
    if (load<u32>(VM_DEPTH) > maxCallDepth()) {
      failDepth(valuePosition(x, 0));
      return Act.Fail;
    }
    const k: u32 = isValue(x) ? kindOf(x) : KIND_LIST;
    if (k == KIND_LIST || k == KIND_ATTRS) return callProc(f, Proc.deepForce, raw, slot(f, 1), 1, 1, NESTED);
  }
  return done(v);
}
function failed(f: usize): i32 {
  if (!slotInt(f, 3)) return Act.Fail;
  const v = slot(f, 0);
  const i = <u32>slotInt(f, 2);
  msgBegin();
  if (kindOf(v) == KIND_LIST) {
    msgLit('while evaluating list element at index ');
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
