/**
 * What the parser reports: one error, and warnings. Messages have the marks of diag/errors.ts: \x01 decimal \x02 is a position,
 * \x0e … \x0f is coloured.
 */
import { bufByte, bufBytes, bufData, bufI64, bufLen, bufReserve, bufReset, bufSetLen, bufStr } from '../heap/text';
import { symbolBytes, symbolLen } from '../value/symbols';
import { CLASSES, IS_IDENTIFIER, IS_LETTER } from '../gen/chars';
import { ER_KIND, ER_POS, ER_TEXT, WN_BUF, WN_COUNT } from './state';
import { keywordToken } from './keywords';

export const enum ErrorKind {
  None = 0,
  /** Nix's ParseError */
  Parse = 1,
  /** Nix's plain Error */
  Plain = 2,
}

export const enum WarningKind {
  /** a line of its own: the position is in the text */
  Plain = 0,
  /** shown with its position and the code there, as an error is */
  Positioned = 1,
}

/** Begins the error message and returns the buffer to write it to. */
export function errorBegin(kind: ErrorKind, pos: u32): usize {
  store<u32>(ER_KIND, kind);
  store<u32>(ER_POS, pos);
  bufReset(ER_TEXT);
  return ER_TEXT;
}

export function errorSimple(kind: ErrorKind, pos: u32, text: string): void {
  bufStr(errorBegin(kind, pos), text);
}

// @ts-ignore: decorator
@inline
export function errorSet(): bool {
  return load<u32>(ER_KIND) != 0;
}

/** What stands between these two is coloured: the arguments of Nix's format strings. */
export function colourBegin(buf: usize): void {
  bufByte(buf, 0x0e);
}

export function colourEnd(buf: usize): void {
  bufByte(buf, 0x0f);
}

/** A position for the host to render. */
export function bufPosition(buf: usize, pos: u32): void {
  bufByte(buf, 1);
  bufI64(buf, <i64>pos);
  bufByte(buf, 2);
}

/** Begins a warning; its text goes to the returned buffer, and `warningEnd` closes it. */
export function warningBegin(kind: WarningKind, pos: u32): usize {
  const at = bufReserve(WN_BUF, 12);
  store<u32>(at, kind);
  store<u32>(at, pos, 4);
  store<u32>(at, 0, 8);
  bufSetLen(WN_BUF, bufLen(WN_BUF) + 12);
  return WN_BUF;
}

/** `begin` is the length of the buffer before `warningBegin`. */
export function warningEnd(begin: u32): void {
  store<u32>(bufData(WN_BUF) + begin, bufLen(WN_BUF) - begin - 12, 8);
  while (bufLen(WN_BUF) & 3) bufByte(WN_BUF, 0);
  store<u32>(WN_COUNT, load<u32>(WN_COUNT) + 1);
}

function isPlainName(ptr: usize, len: u32): bool {
  if (!len || keywordToken(ptr, len, false)) return false;
  const first = load<u8>(ptr);
  if (first != 0x5f && !(load<u8>(CLASSES + first) & IS_LETTER)) return false;
  for (let i: u32 = 1; i < len; i++) if (!(load<u8>(CLASSES + load<u8>(ptr + i)) & IS_IDENTIFIER)) return false;
  return true;
}

/** A name as Nix prints it in code: bare, or quoted where it has to be. */
export function bufName(buf: usize, ptr: usize, len: u32): void {
  if (isPlainName(ptr, len)) bufBytes(buf, ptr, len);
  else bufQuoted(buf, ptr, len);
}

export function bufSymbol(buf: usize, symbol: u32): void {
  bufName(buf, symbolBytes(symbol), symbolLen(symbol));
}

/** A string literal. */
export function bufQuoted(buf: usize, ptr: usize, len: u32): void {
  bufByte(buf, 0x22);
  const end = ptr + len;
  let from = ptr;
  for (let p = ptr; p < end; p++) {
    const c = <u32>load<u8>(p);
    let escape: u32 = 0;
    if (c == 0x22 || c == 0x5c) escape = c;
    else if (c == 0x0a) escape = 0x6e;
    else if (c == 0x0d) escape = 0x72;
    else if (c == 0x09) escape = 0x74;
    else if (c == 0x24 && p + 1 < end && load<u8>(p + 1) == 0x7b) escape = c;
    if (!escape) continue;
    bufBytes(buf, from, <u32>(p - from));
    bufByte(buf, 0x5c);
    bufByte(buf, escape);
    from = p + 1;
  }
  bufBytes(buf, from, <u32>(end - from));
  bufByte(buf, 0x22);
}
