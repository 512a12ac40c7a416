/**
 * Nix literals as its printers write them: strings, attribute names, the marks « and ».
 * (Nix manual, "String literal" and "Identifier"; the printer's own choice of escapes.)
 */
import { bufByte, bufI64, bufReserve, bufSetLen, bufLen, bufStr, bytesAre } from '../heap/text';
import { symbolBytes, symbolLen } from '../value/symbols';

export const NO_LIMIT: u32 = 0x3fffffff;

/** « */
export function bufOpenMark(b: usize): void {
  bufByte(b, 0xc2);
  bufByte(b, 0xab);
}
/** » */
export function bufCloseMark(b: usize): void {
  bufByte(b, 0xc2);
  bufByte(b, 0xbb);
}
/** An ASCII literal between « and ». */
export function bufMarked(b: usize, s: string): void {
  bufOpenMark(b);
  bufStr(b, s);
  bufCloseMark(b);
}

/** `«1 item elided»`, `«2 items elided»`; `plural` is `single` with an s. */
export function bufElided(b: usize, count: u32, single: string): void {
  bufOpenMark(b);
  bufI64(b, <i64>count);
  bufByte(b, 0x20);
  bufStr(b, single);
  if (count != 1) bufByte(b, 0x73);
  bufStr(b, ' elided');
  bufCloseMark(b);
}

/** A quoted string of at most `limit` bytes; what is more is counted. Returns whether it was whole. */
export function bufLiteralString(b: usize, ptr: usize, len: u32, limit: u32): bool {
  const n = len < limit ? len : limit;
  let out = bufReserve(b, n * 2 + 2);
  const start = out;
  store<u8>(out++, 0x22);
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c > 0x5c || (c > 0x24 && c < 0x5c)) {
      store<u8>(out++, c);
      continue;
    }
    const escaped = escapeOf(c, i + 1 < len && load<u8>(ptr + i + 1) == 0x7b);
    if (escaped) store<u8>(out++, 0x5c);
    store<u8>(out++, escaped ? escaped : c);
  }
  store<u8>(out++, 0x22);
  bufSetLen(b, bufLen(b) + <u32>(out - start));
  if (n == len) return true;
  bufByte(b, 0x20);
  bufElided(b, len - n, 'byte');
  return false;
}
function escapeOf(c: u32, beforeBrace: bool): u32 {
  switch (c) {
    case 0x22:
    case 0x5c:
      return c;
    case 0x0a:
      return 0x6e;
    case 0x0d:
      return 0x72;
    case 0x09:
      return 0x74;
    case 0x24:
      return beforeBrace ? c : 0;
    default:
      return 0;
  }
}

/** Words that cannot stand as an attribute's name without quotes. */
export function isKeyword(ptr: usize, len: u32): bool {
  return (
    bytesAre(ptr, len, 'if') ||
    bytesAre(ptr, len, 'then') ||
    bytesAre(ptr, len, 'else') ||
    bytesAre(ptr, len, 'assert') ||
    bytesAre(ptr, len, 'with') ||
    bytesAre(ptr, len, 'let') ||
    bytesAre(ptr, len, 'in') ||
    bytesAre(ptr, len, 'rec') ||
    bytesAre(ptr, len, 'inherit')
  );
}
function isNameByte(c: u32): bool {
  return (c | 0x20) - 0x61 < 26 || c == 0x5f || c - 0x30 < 10 || c == 0x2d || c == 0x27;
}
/** Whether a name can be written without quotes in an attribute set. */
export function isPlainName(ptr: usize, len: u32): bool {
  if (!len) return false;
  const first = <u32>load<u8>(ptr);
  if (first - 0x30 < 10 || first == 0x2d || first == 0x27) return false;
  for (let i: u32 = 0; i < len; i++) if (!isNameByte(<u32>load<u8>(ptr + i))) return false;
  return !isKeyword(ptr, len);
}

/** An attribute's name, quoted where it must be. */
export function bufAttributeName(b: usize, sym: u32): void {
  const ptr = symbolBytes(sym);
  const len = symbolLen(sym);
  if (!isPlainName(ptr, len)) {
    bufLiteralString(b, ptr, len, NO_LIMIT);
    return;
  }
  memory.copy(bufReserve(b, len), ptr, len);
  bufSetLen(b, bufLen(b) + len);
}
