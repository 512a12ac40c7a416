/**
 * The value printer (errors, `nix eval`, the REPL, `trace`) as a machine that can stop: `printerStep` writes until it is
 * done or needs something, so that one walk serves the forcing printer and the one that never forces.
 *
 *   printer: CELLS, see P_*        frame on its stack: | set or list | next index | items printed | pretty |
 */
import { bufByte, bufBytes, bufI64, bufReserve, bufSetLen, bufLen, bufStr } from '../heap/text';
import {
  BLACKHOLE_BIT,
  KIND_ATTRS,
  KIND_BOOL,
  KIND_FAILED,
  KIND_FLOAT,
  KIND_INT,
  KIND_LAMBDA,
  KIND_LIST,
  KIND_MASK,
  KIND_NULL,
  KIND_PATH,
  KIND_PRIMOP,
  KIND_PRIMOP_APP,
  KIND_STRING,
} from '../value/kinds';
import {
  TRUE,
  cell,
  deref,
  floatValue,
  intValue,
  isValue,
  kindOf,
  listGet,
  listLen,
  mkCells,
  primopId,
  setCell,
  strBytes,
  strLen,
  tag,
  untag,
} from '../value/layout';
import { formatFloatG } from '../value/numbers';
import { attrsCount, attrsGet, attrsShape, attrsSymbol, attrsValue, shapeFind, shapeNameOrder } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { bytesAre } from '../heap/text';
import { builtinName } from '../gen/builtins';
import { cellsGrow, seenAdd, seenNew, seenRoom } from './cells';
import { lambdaName, lambdaPos } from './lambda';
import { bufPosition } from './position';
import { NO_LIMIT, bufAttributeName, bufCloseMark, bufElided, bufLiteralString, bufMarked, bufOpenMark } from './literal';

// Options.
export const PRINT_FORCE: u32 = 1;
/** Derivations as `«derivation /nix/store/….drv»`; only with PRINT_FORCE. */
export const PRINT_DRV_PATHS: u32 = 2;
/** Errors pass instead of being printed … */
export const PRINT_THROW: u32 = 4;
/** … or only that of the outermost value. */
export const PRINT_THROW_TOP: u32 = 8;
/** A line for each element, two spaces a level. */
export const PRINT_PRETTY: u32 = 16;
/** Colours as Nix's REPL has them. */
export const PRINT_COLOUR: u32 = 32;
/** Positions as text, instead of the marks that the host renders. */
export const PRINT_PLACES: u32 = 64;

// What `printerStep` returns.
export const PRINTED: u32 = 0;
/** force `printerValue` (its raw reference), then step again, or `printerError` */
export const PRINT_NEEDS_FORCE: u32 = 1;
/** coerce `printerValue` to a store path, then `printerDerivation`, or `printerError` */
export const PRINT_NEEDS_PATH: u32 = 2;
/** deeper than the limit of calls */
export const PRINT_TOO_DEEP: u32 = 3;

const P_FLAGS: u32 = 0;
const P_STACK: u32 = 1;
const P_TOP: u32 = 2;
const P_SEEN: u32 = 3;
const P_SEEN_COUNT: u32 = 4;
const P_ATTRS: u32 = 5;
const P_ITEMS: u32 = 6;
const P_MAX_DEPTH: u32 = 7;
const P_MAX_ITEMS: u32 = 8;
const P_MAX_STRING: u32 = 9;
const P_INDENT: u32 = 10;
const P_STATE: u32 = 11;
const P_VALUE: u32 = 12;
const P_HELD: u32 = 13;
const P_CALL_DEPTH: u32 = 14;
const P_CELLS: u32 = 15;
const FRAME: u32 = 4;

const enum Step {
  /** print P_VALUE */
  Value,
  /** go on with the container on top */
  Next,
  /** the set P_HELD: its `type` is being forced */
  DrvType,
  /** the set or list P_HELD: its only element is being forced, to see if it is a structure */
  Single,
  End,
}

/** A printer for `v` (a raw reference: its identity counts for «repeated»). Limits hold for the whole of one printing. */
export function printerNew(v: usize, flags: u32, maxDepth: u32, maxItems: u32, maxString: u32, callDepth: u32): usize {
  const p = mkCells(P_CELLS);
  setInt(p, P_FLAGS, flags);
  setCell(p, P_STACK, mkCells(16 * FRAME));
  setInt(p, P_TOP, 0);
  setCell(p, P_SEEN, seenNew());
  setInt(p, P_SEEN_COUNT, 0);
  setInt(p, P_ATTRS, 0);
  setInt(p, P_ITEMS, 0);
  setInt(p, P_MAX_DEPTH, maxDepth);
  setInt(p, P_MAX_ITEMS, maxItems);
  setInt(p, P_MAX_STRING, maxString);
  setInt(p, P_INDENT, 0);
  setInt(p, P_CALL_DEPTH, callDepth);
  setInt(p, P_STATE, Step.Value);
  setCell(p, P_VALUE, v);
  return p;
}
// @ts-ignore: decorator
@inline
function setInt(p: usize, i: u32, n: u32): void {
  setCell(p, i, tag(<i32>n));
}
// @ts-ignore: decorator
@inline
function int(p: usize, i: u32): u32 {
  return <u32>untag(cell(p, i));
}
// @ts-ignore: decorator
@inline
function has(p: usize, flag: u32): bool {
  return (int(p, P_FLAGS) & flag) != 0;
}

/** What must be forced or coerced. */
export function printerValue(p: usize): usize {
  return cell(p, P_VALUE);
}

/** Writes until the printer is done or needs something. */
export function printerStep(p: usize, b: usize): u32 {
  for (;;) {
    switch (int(p, P_STATE)) {
      case Step.Value: {
        if (int(p, P_TOP) > int(p, P_CALL_DEPTH)) return PRINT_TOO_DEEP;
        if (has(p, PRINT_FORCE) && !isValue(deref(cell(p, P_VALUE)))) return PRINT_NEEDS_FORCE;
        const need = printAny(p, b);
        if (need) return need;
        break;
      }
      case Step.Next:
        printNext(p, b);
        break;
      case Step.DrvType: {
        if (!isValue(deref(cell(p, P_VALUE)))) return PRINT_NEEDS_FORCE;
        const need = printAttrsTyped(p, b);
        if (need) return need;
        break;
      }
      case Step.Single:
        if (!isValue(deref(cell(p, P_VALUE)))) return PRINT_NEEDS_FORCE;
        push(p, cell(p, P_HELD), isStructure(deref(cell(p, P_VALUE))));
        break;
      default:
        return PRINTED;
    }
  }
  return PRINTED;
}

/** An error met what was needed: whether it shall pass, instead of being printed by `printerPrintError`. */
export function printerErrorPasses(p: usize): bool {
  return has(p, PRINT_THROW) || (has(p, PRINT_THROW_TOP) && int(p, P_TOP) == 0);
}
/** Prints an error's message in place of the value. */
export function printerPrintError(p: usize, b: usize, ptr: usize, len: u32): void {
  colour(p, b, '31');
  bufOpenMark(b);
  bufStr(b, 'error: ');
  bufFiltered(b, ptr, len);
  bufCloseMark(b);
  plain(p, b);
  setInt(p, P_STATE, Step.Next);
}
/** Prints the derivation whose path was needed (0: it has none). */
export function printerDerivation(p: usize, b: usize, path: usize): void {
  colour(p, b, '32');
  bufOpenMark(b);
  bufStr(b, 'derivation');
  if (path) {
    bufByte(b, 0x20);
    bufBytes(b, strBytes(path), strLen(path));
  }
  bufCloseMark(b);
  plain(p, b);
  setInt(p, P_STATE, Step.Next);
}

function colour(p: usize, b: usize, code: string): void {
  if (!has(p, PRINT_COLOUR)) return;
  bufByte(b, 0x1b);
  bufByte(b, 0x5b);
  bufStr(b, code);
  bufByte(b, 0x6d);
}
function plain(p: usize, b: usize): void {
  colour(p, b, '0');
}

// ---- values

/** Prints P_VALUE, or begins to; returns what it needs. */
function printAny(p: usize, b: usize): u32 {
  const raw = cell(p, P_VALUE);
  const v = deref(raw);
  setInt(p, P_STATE, Step.Next);
  switch (kindOf(v)) {
    case KIND_ATTRS:
      return printAttrs(p, b, v);
    case KIND_LIST:
      return printList(p, b, v, raw);
    case KIND_STRING:
      colour(p, b, '35');
      if (bufLiteralString(b, strBytes(v), strLen(v), int(p, P_MAX_STRING))) plain(p, b);
      return 0;
    default:
      printScalar(p, b, v);
      return 0;
  }
}

function printScalar(p: usize, b: usize, v: usize): void {
  const kind = kindOf(v);
  switch (kind) {
    case KIND_INT:
    case KIND_FLOAT:
    case KIND_BOOL:
    case KIND_NULL:
      colour(p, b, '36');
      bufScalar(b, v);
      break;
    case KIND_PATH:
      colour(p, b, '32');
      bufBytes(b, strBytes(v), strLen(v));
      break;
    case KIND_LAMBDA:
    case KIND_PRIMOP:
    case KIND_PRIMOP_APP:
      colour(p, b, '34');
      bufOpenMark(b);
      bufFunction(b, v, kind, has(p, PRINT_PLACES));
      bufCloseMark(b);
      break;
    default:
      if (kind != KIND_FAILED && isBlackhole(v)) {
        colour(p, b, '31');
        bufMarked(b, 'potential infinite recursion');
      } else {
        colour(p, b, '35');
        bufMarked(b, 'thunk');
      }
  }
  plain(p, b);
}

/** Whether a suspended value is under evaluation. */
export function isBlackhole(v: usize): bool {
  return (load<u32>(v) & BLACKHOLE_BIT) != 0;
}

/** An integer, float, Boolean or null. */
export function bufScalar(b: usize, v: usize): void {
  switch (kindOf(v)) {
    case KIND_INT:
      bufI64(b, intValue(v));
      break;
    case KIND_FLOAT:
      bufSetLen(b, bufLen(b) + formatFloatG(floatValue(v), bufReserve(b, 32)));
      break;
    case KIND_BOOL:
      bufStr(b, v == TRUE ? 'true' : 'false');
      break;
    default:
      bufStr(b, 'null');
  }
}

function bufFunction(b: usize, v: usize, kind: u32, places: bool): void {
  if (kind != KIND_LAMBDA) {
    if (kind == KIND_PRIMOP_APP) bufStr(b, 'partially applied ');
    bufStr(b, 'primop ');
    bufStr(b, builtinName(primopId(v)));
    return;
  }
  bufStr(b, 'lambda');
  const name = lambdaName(v);
  if (name) {
    bufByte(b, 0x20);
    bufAttributeName(b, name);
  }
  bufStr(b, ' @ ');
  if (places) {
    bufPosition(b, lambdaPos(v));
    return;
  }
  bufByte(b, 1);
  bufI64(b, <i64>lambdaPos(v));
  bufByte(b, 2);
}

function firstSeen(p: usize, ref: usize): bool {
  const count = int(p, P_SEEN_COUNT);
  const seen = seenRoom(cell(p, P_SEEN), count);
  setCell(p, P_SEEN, seen);
  if (!seenAdd(seen, ref)) return false;
  setInt(p, P_SEEN_COUNT, count + 1);
  return true;
}
function printRepeated(p: usize, b: usize): void {
  colour(p, b, '35');
  bufMarked(b, 'repeated');
  plain(p, b);
}

// ---- sets and lists

function printAttrs(p: usize, b: usize, v: usize): u32 {
  if (!firstSeen(p, v)) {
    printRepeated(p, b);
    return 0;
  }
  if (has(p, PRINT_FORCE) && has(p, PRINT_DRV_PATHS)) {
    const type = attrsGet(v, symbolOf('type'));
    if (type) {
      setCell(p, P_HELD, v);
      setCell(p, P_VALUE, type);
      setInt(p, P_STATE, Step.DrvType);
      return 0;
    }
  }
  openContainer(p, b, v);
  return 0;
}
/** The `type` of the set P_HELD is known. */
function printAttrsTyped(p: usize, b: usize): u32 {
  const type = deref(cell(p, P_VALUE));
  const v = cell(p, P_HELD);
  if (kindOf(type) != KIND_STRING || !bytesAre(strBytes(type), strLen(type), 'derivation')) {
    openContainer(p, b, v);
    return 0;
  }
  const drvPath = attrsGet(v, symbolOf('drvPath'));
  if (!drvPath) {
    printerDerivation(p, b, 0);
    return 0;
  }
  setCell(p, P_VALUE, drvPath);
  return PRINT_NEEDS_PATH;
}
function printList(p: usize, b: usize, v: usize, raw: usize): u32 {
  if (listLen(v) && !firstSeen(p, raw)) {
    printRepeated(p, b);
    return 0;
  }
  openContainer(p, b, v);
  return 0;
}

function size(v: usize): u32 {
  return kindOf(v) == KIND_ATTRS ? attrsCount(v) : listLen(v);
}
/** What makes Nix break a line for a single element. */
function isStructure(v: usize): bool {
  const k = kindOf(v);
  return k == KIND_LIST || k == KIND_ATTRS || k < 16;
}

/** Prints `{` or `[`, and pushes the container once it is known how to lay it out. */
function openContainer(p: usize, b: usize, v: usize): void {
  const isSet = kindOf(v) == KIND_ATTRS;
  setInt(p, P_STATE, Step.Next);
  if (int(p, P_TOP) >= int(p, P_MAX_DEPTH)) {
    bufStr(b, isSet ? '{ ... }' : '[ ... ]');
    return;
  }
  bufByte(b, isSet ? 0x7b : 0x5b);
  const n = size(v);
  if (!has(p, PRINT_PRETTY)) {
    push(p, v, false);
    return;
  }
  setInt(p, P_INDENT, int(p, P_INDENT) + 2);
  if (n != 1) {
    push(p, v, n > 1);
    return;
  }
  setCell(p, P_HELD, v);
  setCell(p, P_VALUE, isSet ? attrsValue(v, 0) : listGet(v, 0));
  setInt(p, P_STATE, Step.Single);
}

function push(p: usize, v: usize, pretty: bool): void {
  const top = int(p, P_TOP);
  const at = top * FRAME;
  const stack = cellsGrow(cell(p, P_STACK), at + FRAME);
  setCell(p, P_STACK, stack);
  setCell(stack, at, v);
  setInt(stack, at + 1, 0);
  setInt(stack, at + 2, 0);
  setInt(stack, at + 3, pretty ? 1 : 0);
  setInt(p, P_TOP, top + 1);
  setInt(p, P_STATE, Step.Next);
}

function bufSpace(p: usize, b: usize, pretty: bool): void {
  if (!pretty) {
    bufByte(b, 0x20);
    return;
  }
  bufByte(b, 0x0a);
  for (let i = int(p, P_INDENT); i; i--) bufByte(b, 0x20);
}

/** The next element of the container on top, or its end. */
function printNext(p: usize, b: usize): void {
  const top = int(p, P_TOP);
  if (!top) {
    setInt(p, P_STATE, Step.End);
    return;
  }
  const stack = cell(p, P_STACK);
  const at = (top - 1) * FRAME;
  const v = cell(stack, at);
  const i = int(stack, at + 1);
  const pretty = int(stack, at + 3) != 0;
  const isSet = kindOf(v) == KIND_ATTRS;
  const n = size(v);
  if (i && isSet) bufByte(b, 0x3b);
  if (i < n) {
    bufSpace(p, b, pretty);
    const counter: u32 = isSet ? P_ATTRS : P_ITEMS;
    // what was printed is counted after each element: nested ones count first
    if (i) setInt(p, counter, int(p, counter) + 1);
    if (int(p, counter) < int(p, P_MAX_ITEMS)) {
      setInt(stack, at + 1, i + 1);
      beginElement(p, b, v, i, isSet);
      return;
    }
    colour(p, b, '2');
    bufElided(b, n - i, isSet ? 'attribute' : 'item');
    plain(p, b);
  } else if (i) {
    const counter: u32 = isSet ? P_ATTRS : P_ITEMS;
    setInt(p, counter, int(p, counter) + 1);
  }
  if (has(p, PRINT_PRETTY)) setInt(p, P_INDENT, int(p, P_INDENT) - 2);
  bufSpace(p, b, pretty);
  bufByte(b, isSet ? 0x7d : 0x5d);
  setInt(p, P_TOP, top - 1);
}

function beginElement(p: usize, b: usize, v: usize, i: u32, isSet: bool): void {
  setInt(p, P_STATE, Step.Value);
  if (!isSet) {
    setCell(p, P_VALUE, listGet(v, i));
    return;
  }
  const k = int(p, P_MAX_ITEMS) == NO_LIMIT ? load<u32>(shapeNameOrder(attrsShape(v)) + ((<usize>i) << 2)) : importantFirst(v, i);
  bufAttributeName(b, attrsSymbol(v, k));
  bufStr(b, ' = ');
  setCell(p, P_VALUE, attrsValue(v, k));
}

/** The index of the `i`-th attribute where `_type` and `type` come before the others: only for the first few. */
function importantFirst(v: usize, i: u32): u32 {
  const shape = attrsShape(v);
  const a = shapeFind(shape, symbolOf('_type'));
  const c = shapeFind(shape, symbolOf('type'));
  if (a >= 0 && i-- == 0) return <u32>a;
  if (c >= 0 && i-- == 0) return <u32>c;
  let at = shapeNameOrder(shape);
  for (;;) {
    const k = load<i32>(at);
    at += 4;
    if (k == a || k == c) continue;
    if (i == 0) return <u32>k;
    i--;
  }
  return 0;
}

// ---- the text of errors

/**
 * A message without colour: escape sequences and marks of arguments are dropped, positions rendered, tabs become spaces to
 * the next multiple of eight, carriage returns and bells vanish.
 */
export function bufFiltered(b: usize, ptr: usize, len: u32): void {
  let width: u32 = 0;
  let i: u32 = 0;
  while (i < len) {
    const c = <u32>load<u8>(ptr + i);
    if (c == 0x1b) {
      i = skipEscape(ptr, i, len);
      continue;
    }
    i++;
    if (c == 0x01) {
      i = bufMarkedPosition(b, ptr, i, len);
    } else if (c == 0x09) {
      do {
        bufByte(b, 0x20);
        width++;
      } while (width & 7);
    } else if (c != 0x0d && c != 0x07 && c != 0x0e && c != 0x0f) {
      bufByte(b, c);
      if (c >= 0x20 && (c & 0xc0) != 0x80) width++;
    }
  }
}
/** The position whose number stands at `i`, up to its mark; returns the index behind. */
function bufMarkedPosition(b: usize, ptr: usize, i: u32, len: u32): u32 {
  let pos: u32 = 0;
  for (; byteAt(ptr, i, len) - 0x30 < 10; i++) pos = pos * 10 + byteAt(ptr, i, len) - 0x30;
  bufPosition(b, pos);
  return byteAt(ptr, i, len) == 0x02 ? i + 1 : i;
}
function byteAt(ptr: usize, i: u32, len: u32): u32 {
  return i < len ? <u32>load<u8>(ptr + i) : 0;
}
/** The index behind an escape sequence (ECMA-48, section 5.4; OSC as terminals have it). */
function skipEscape(ptr: usize, i: u32, len: u32): u32 {
  i++;
  const c = byteAt(ptr, i, len);
  if (c == 0x5b) {
    i++;
    while (i < len && byteAt(ptr, i, len) - 0x30 < 16) i++;
    while (i < len && byteAt(ptr, i, len) - 0x20 < 16) i++;
    return i < len && byteAt(ptr, i, len) - 0x40 < 0x3f ? i + 1 : i;
  }
  if (c == 0x5d) {
    i++;
    while (i < len && byteAt(ptr, i, len) != 0x1b && byteAt(ptr, i, len) != 7) i++;
    if (i >= len) return i;
    return byteAt(ptr, i, len) == 0x1b && byteAt(ptr, i + 1, len) == 0x5c ? i + 2 : i + 1;
  }
  return i < len && c - 0x40 < 0x20 ? i + 1 : i;
}
