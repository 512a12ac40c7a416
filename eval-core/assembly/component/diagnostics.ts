/**
 * Positions, errors and warnings as records of the component's interface (wit/eval.wit). Layouts are those of the canonical ABI:
 *
 *   position:        | line | column | name: address, length |
 *   option<position> | 1 or 0 | position |
 *   frame:           | message: address, length | option<position> | always | detail |
 *   warning:         | message: address, length | option<position> |
 *   error:           | code | message: address, length | option<position> | trace: address, length | suggestions: address, length | status |
 */
import {
  E_MESSAGE,
  E_POS,
  E_STATUS,
  E_SUGGESTIONS,
  E_TRACES,
  T_FLAGS,
  T_MESSAGE,
  T_NEXT,
  T_POS,
  TRACE_ALWAYS,
  TRACE_DETAIL,
  currentError,
  errorCode,
} from '../diag/errors';
import { Origin, posColumn, posKind, posLine, posName } from '../diag/positions';
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { bufMarked } from '../print/literal';
import { bufInternalName, bufPosition } from '../print/position';
import { NULL, cell, listGet, listLen, strBytes, strLen, untag } from '../value/layout';
import { WARNINGS } from '../vm/warnings';
import { arena, storeList, storeText } from './abi';

const POSITION_OPTION: usize = 20;
const FRAME: usize = 32;
const WARNING: usize = 28;
export const ERROR: usize = 52;

const SCRATCH: usize = memory.data(12, 4); // Buf

/** Appends what Nix calls a source: its path, or a name in «». */
function appendOrigin(pos: u32): void {
  const kind = posKind(pos);
  if (kind == Origin.Path) bufBytes(SCRATCH, strBytes(posName(pos)), strLen(posName(pos)));
  else if (kind == Origin.Internal) bufInternalName(SCRATCH, posName(pos));
  else bufMarked(SCRATCH, kind == Origin.String ? 'string' : kind == Origin.Stdin ? 'stdin' : 'none');
}
export function storePosition(at: usize, pos: u32): void {
  const known = posKind(pos) != Origin.None;
  store<u32>(at, u32(known));
  if (!known) return;
  store<u32>(at, posLine(pos), 4);
  store<u32>(at, posColumn(pos), 8);
  bufReset(SCRATCH);
  appendOrigin(pos);
  storeText(at + 12, bufData(SCRATCH), bufLen(SCRATCH));
}
/** An `option<position>` of its own. */
export function positionOption(pos: u32): usize {
  const at = arena(POSITION_OPTION);
  storePosition(at, pos);
  return at;
}

/** Stores a message without its marks (diag/errors.ts); positions in it are written out. */
function storeMessage(at: usize, message: usize, length: u32): void {
  bufReset(SCRATCH);
  for (let i: u32 = 0; i < length; i++) {
    const c = <u32>load<u8>(message + i);
    if (c == 0x0e || c == 0x0f) continue;
    if (c != 0x01) {
      bufByte(SCRATCH, c);
      continue;
    }
    let pos: u32 = 0;
    for (i++; i < length && load<u8>(message + i) != 0x02; i++) pos = pos * 10 + load<u8>(message + i) - 0x30;
    bufPosition(SCRATCH, pos);
  }
  storeText(at, bufData(SCRATCH), bufLen(SCRATCH));
}
function storeStringMessage(at: usize, s: usize): void {
  storeMessage(at, strBytes(s), strLen(s));
}

function storeTrace(at: usize, traces: usize): void {
  let n: u32 = 0;
  for (let t = traces; t != NULL; t = cell(t, T_NEXT)) n++;
  let frame = arena(<usize>n * FRAME);
  storeList(at, frame, n);
  for (let t = traces; t != NULL; t = cell(t, T_NEXT)) {
    storeStringMessage(frame, cell(t, T_MESSAGE));
    storePosition(frame + 8, <u32>untag(cell(t, T_POS)));
    const flags = <u32>untag(cell(t, T_FLAGS));
    store<u8>(frame, flags & TRACE_ALWAYS ? 1 : 0, 28);
    store<u8>(frame, flags & TRACE_DETAIL ? 1 : 0, 29);
    frame += FRAME;
  }
}
/** The machine keeps pairs of a distance and a name, best first; the names are enough. */
function storeSuggestions(at: usize, list: usize): void {
  const n: u32 = list == NULL ? 0 : listLen(list) >>> 1;
  const items = arena((<usize>n) << 3);
  storeList(at, items, n);
  for (let i: u32 = 0; i < n; i++) storeStringMessage(items + ((<usize>i) << 3), listGet(list, i * 2 + 1));
}
/** Stores the error in flight. */
export function storeError(at: usize): void {
  const e = currentError();
  // Codes count from 1, the cases of the enum from 0.
  store<u32>(at, errorCode(e) - 1);
  storeStringMessage(at + 4, cell(e, E_MESSAGE));
  storePosition(at + 12, <u32>untag(cell(e, E_POS)));
  storeTrace(at + 32, cell(e, E_TRACES));
  storeSuggestions(at + 40, cell(e, E_SUGGESTIONS));
  store<i32>(at, untag(cell(e, E_STATUS)), 48);
}

/** A list of all warnings that wait; they wait no longer. */
export function takeWarningList(): usize {
  const end = bufData(WARNINGS) + bufLen(WARNINGS);
  let n: u32 = 0;
  for (let w = bufData(WARNINGS); w < end; w += warningBytes(w)) n++;
  let item = arena(<usize>n * WARNING);
  const list = arena(8);
  storeList(list, item, n);
  for (let w = bufData(WARNINGS); w < end; w += warningBytes(w)) {
    storeMessage(item, w + 12, load<u32>(w, 8));
    storePosition(item + 8, load<u32>(w, 4));
    item += WARNING;
  }
  bufReset(WARNINGS);
  return list;
}
function warningBytes(warning: usize): usize {
  return 12 + ((<usize>load<u32>(warning, 8) + 3) & ~3);
}
