/**
 * Positions: each source has a range of numbers, one for each of its bytes; a table of line starts gives line and column.
 *
 *   source: | first position | length | kind | name (path: string object) | line starts (u32 each) | lines | text (strings only) |
 *
 * Lines end with \n, \r\n or \r, as in Nix (libutil/pos-table).
 */
import { pagesAlloc, pagesFree, permAlloc } from '../heap/pages';
import { ST_DIAG } from '../heap/state';

export const enum Origin {
  None = 0,
  Path = 1,
  String = 2,
  Stdin = 3,
  /** the evaluator's own sources */
  Internal = 4,
}

const TABLE: usize = ST_DIAG + 64;
const COUNT: usize = ST_DIAG + 68;
const CAP: usize = ST_DIAG + 72;
const NEXT: usize = ST_DIAG + 76;
const INTERNAL: usize = ST_DIAG + 80; // range of `derivation`'s source
const INTERNAL_END: usize = ST_DIAG + 84;
const BYTES: usize = 28;

function entry(i: u32): usize {
  return <usize>load<u32>(TABLE) + <usize>i * BYTES;
}

/** Registers a source whose bytes are at `src`; `name` is a permanent string object (0: none). Returns its first position. */
export function sourceRegister(src: usize, len: u32, kind: Origin, name: usize): u32 {
  const n = load<u32>(COUNT);
  if (n == load<u32>(CAP)) {
    const cap = n ? n * 2 : 2048;
    const data = pagesAlloc(<usize>cap * BYTES);
    if (n) {
      memory.copy(data, <usize>load<u32>(TABLE), <usize>n * BYTES);
      pagesFree(<usize>load<u32>(TABLE), <usize>n * BYTES);
    }
    store<u32>(TABLE, <u32>data);
    store<u32>(CAP, cap);
  }
  const first = load<u32>(NEXT) ? load<u32>(NEXT) : 1;
  store<u32>(NEXT, first + len + 1);
  store<u32>(COUNT, n + 1);
  const e = entry(n);
  store<u32>(e, first);
  store<u32>(e, len, 4);
  store<u32>(e, kind, 8);
  store<u32>(e, <u32>name, 12);
  let lines = countStarts(src, len);
  const starts = permAlloc((<usize>lines) << 2);
  fillStarts(src, len, starts);
  store<u32>(e, <u32>starts, 16);
  store<u32>(e, lines, 20);
  store<u32>(e, 0, 24);
  if (kind == Origin.String || kind == Origin.Stdin || kind == Origin.Internal) {
    const copy = permAlloc(len + 1);
    memory.copy(copy, src, len);
    store<u32>(e, <u32>copy, 24);
  }
  if (kind == Origin.Internal && !load<u32>(INTERNAL)) {
    store<u32>(INTERNAL, first);
    store<u32>(INTERNAL_END, first + len);
  }
  return first;
}
function countStarts(src: usize, len: u32): u32 {
  let n: u32 = 1;
  let i: u32 = 0;
  const nl = i8x16.splat(0x0a);
  const cr = i8x16.splat(0x0d);
  for (; i + 16 <= len; i += 16) {
    const v = v128.load(src + i);
    n += popcnt(i8x16.bitmask(v128.or(i8x16.eq(v, nl), i8x16.eq(v, cr))));
  }
  for (; i < len; i++) {
    const c = load<u8>(src + i);
    n += u32(c == 0x0a || c == 0x0d);
  }
  return n;
}
/** Writes the starts; \r\n counts once, so that the last ones may stay unused (they repeat the end). */
function fillStarts(src: usize, len: u32, starts: usize): void {
  store<u32>(starts, 0);
  let at = starts + 4;
  let i: u32 = 0;
  const nl = i8x16.splat(0x0a);
  const cr = i8x16.splat(0x0d);
  for (; i + 16 <= len; i += 16) {
    const v = v128.load(src + i);
    let mask = <u32>i8x16.bitmask(v128.or(i8x16.eq(v, nl), i8x16.eq(v, cr)));
    while (mask) {
      at = lineEnd(src, len, i + ctz(mask), at);
      mask &= mask - 1;
    }
  }
  for (; i < len; i++) {
    const c = load<u8>(src + i);
    if (c == 0x0a || c == 0x0d) at = lineEnd(src, len, i, at);
  }
}
function lineEnd(src: usize, len: u32, i: u32, at: usize): usize {
  // the \r of \r\n: its \n ends the line; both starts are written as one place to keep the count
  const joined = load<u8>(src + i) == 0x0d && i + 1 < len && load<u8>(src + i + 1) == 0x0a;
  store<u32>(at, joined ? 0xffffffff : i + 1);
  return at + 4;
}

/** The source that holds a position, or -1. */
function find(pos: u32): i32 {
  let lo: u32 = 0;
  let hi = load<u32>(COUNT);
  while (lo < hi) {
    const mid = (lo + hi) >>> 1;
    if (load<u32>(entry(mid)) <= pos) lo = mid + 1;
    else hi = mid;
  }
  return pos ? <i32>lo - 1 : -1;
}
const LINE: usize = ST_DIAG + 96;
const COLUMN: usize = ST_DIAG + 100;
/** Computes line and column of a position; returns the source's entry or 0. */
function locate(pos: u32): usize {
  const i = find(pos);
  if (i < 0) return 0;
  const e = entry(i);
  const offset = pos - load<u32>(e);
  const starts = <usize>load<u32>(e, 16);
  const n = load<u32>(e, 20);
  let line: u32 = 0;
  let start: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const s = load<u32>(starts + ((<usize>k) << 2));
    if (s == 0xffffffff) continue;
    if (s > offset) break;
    line++;
    start = s;
  }
  store<u32>(LINE, line);
  store<u32>(COLUMN, offset - start + 1);
  return e;
}
/** The path of the file that a position is in, as a string object; 0 where it is in no file. */
export function posFile(pos: u32): usize {
  const i = find(pos);
  if (i < 0) return 0;
  const kind = load<u32>(entry(i), 8);
  return kind == Origin.Path || kind == Origin.Internal ? <usize>load<u32>(entry(i), 12) : 0;
}
export function posKind(pos: u32): Origin {
  const i = find(pos);
  return i < 0 ? Origin.None : load<u32>(entry(i), 8);
}
export function posName(pos: u32): usize {
  const i = find(pos);
  return i < 0 ? 0 : <usize>load<u32>(entry(i), 12);
}
/** Text of a source that is no file: address, or 0. */
export function posText(pos: u32): usize {
  const i = find(pos);
  return i < 0 ? 0 : <usize>load<u32>(entry(i), 24);
}
export function posTextLen(pos: u32): u32 {
  const i = find(pos);
  return i < 0 ? 0 : load<u32>(entry(i), 4);
}
export function posLine(pos: u32): u32 {
  return locate(pos) ? load<u32>(LINE) : 0;
}
export function posColumn(pos: u32): u32 {
  return locate(pos) ? load<u32>(COLUMN) : 0;
}
/** Whether a position lies in the source of `derivation`. */
export function isDerivationInternal(pos: u32): bool {
  return load<u32>(INTERNAL) != 0 && pos >= load<u32>(INTERNAL) && pos <= load<u32>(INTERNAL_END);
}
