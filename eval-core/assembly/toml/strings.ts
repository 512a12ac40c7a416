/** TOML's strings and keys (TOML 1.0.0, "String" and "Keys"). */
import { bufByte, bufBytes, bufData, bufLen, bufReserve, bufReset, bufSetLen } from '../heap/text';
import { utf8Encode } from '../print/utf8';
import { mkString } from '../value/layout';
import { symbolIntern } from '../value/symbols';
import { failAt, failOver } from './errors';
import {
  NO,
  accept,
  at,
  atEnd,
  current,
  failedAt,
  here,
  scanBareKey,
  scanDot,
  scanEscapedNewline,
  scanLongString,
  scanNewline,
  scanString,
  scanText,
  sourcePtr,
  sourceView,
  sourceWhole,
} from './source';
import { newScalar } from './tree';

const TEXT: usize = memory.data(12, 4); // Buf: the string, decoded
const KEYS: usize = memory.data(12, 4); // Buf: symbols of the keys that are being read
/** The first string with a null byte: offset in the document + 1, and the string as a value */
const NULLS: usize = memory.data(8, 4);

export function stringsOpen(): void {
  bufReset(KEYS);
  store<u64>(NULLS, 0);
}

/** Reads a string of any kind; returns its node, or 0 with an error at hand. */
export function readString(): u32 {
  const first = here();
  const quote = current();
  const long = scanText(first, quote == 0x22 ? '"""' : "'''") != NO;
  if (!(long ? decodeLong(quote) : decodeShort(quote))) return 0;
  return newScalar(mkString(bufData(TEXT), bufLen(TEXT), 0), first, here());
}

/** `"…"` or `'…'` into TEXT. */
function decodeShort(quote: u32): bool {
  const first = here();
  if (!accept(scanString(first, quote))) {
    if (quote == 0x22) failAt('toml::parse_basic_string: invalid string format', failedAt(), 'expected "', '');
    else failAt('toml::parse_literal_string: invalid string format', failedAt(), "expected '", '');
    return false;
  }
  return decode(first + 1, here() - 1, quote);
}
function decodeLong(quote: u32): bool {
  let first = here();
  if (!accept(scanLongString(first, quote))) {
    if (quote == 0x22) failAt('toml::parse_ml_basic_string: invalid string format', failedAt(), 'expected """', '');
    else failAt('toml::parse_ml_literal_string: invalid string format', failedAt(), "expected '''", '');
    return false;
  }
  first += 3;
  const end = here() - 3;
  const body = scanNewline(first);
  return decode(body == NO || body > end ? first : body, end, quote);
}

function decode(i: u32, end: u32, quote: u32): bool {
  bufReset(TEXT);
  while (i < end) {
    let to = i;
    while (to < end && (quote == 0x27 || at(to) != 0x5c)) to++;
    bufBytes(TEXT, sourcePtr() + i, to - i);
    i = to;
    if (i == end) break;
    const skipped = scanEscapedNewline(i);
    if (skipped != NO) i = skipped;
    else {
      i = decodeEscape(i, end);
      if (i == NO) return false;
    }
  }
  noteNull(i);
  return true;
}
function decodeEscape(i: u32, end: u32): u32 {
  const c = at(i + 1);
  switch (c) {
    case 0x75:
      return decodeCodePoint(i, 4, end);
    case 0x55:
      return decodeCodePoint(i, 8, end);
    case 0x62:
      bufByte(TEXT, 8);
      break;
    case 0x66:
      bufByte(TEXT, 12);
      break;
    case 0x6e:
      bufByte(TEXT, 10);
      break;
    case 0x72:
      bufByte(TEXT, 13);
      break;
    case 0x74:
      bufByte(TEXT, 9);
      break;
    default:
      bufByte(TEXT, c);
  }
  return i + 2;
}
function decodeCodePoint(i: u32, digits: u32, end: u32): u32 {
  let c: u32 = 0;
  for (let k: u32 = 0; k < digits; k++) {
    const d = at(i + 2 + k);
    c = (c << 4) | (d < 0x3a ? d - 0x30 : (d | 0x20) - 0x57);
  }
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
    failEscape(i, digits, end, c > 0x10ffff);
    return NO;
  }
  bufSetLen(TEXT, bufLen(TEXT) + utf8Encode(c, bufReserve(TEXT, 4)));
  return i + 2 + digits;
}
/** The error shows nothing but the rest of the string. */
function failEscape(i: u32, digits: u32, end: u32, large: bool): void {
  sourceView(sourcePtr() + i, end - i);
  if (large) failOver('toml::parse_utf8_codepoint: input codepoint is too large.', 1, 2 + digits, 'must be in range [0x00, 0x10FFFF]');
  else failOver('toml::parse_utf8_codepoint: [0xD800, 0xDFFF] is not a valid UTF-8', 1, 2 + digits, 'here');
  sourceWhole();
}

function noteNull(place: u32): void {
  if (load<u32>(NULLS)) return;
  for (let i: u32 = 0; i < bufLen(TEXT); i++) {
    if (load<u8>(bufData(TEXT) + i)) continue;
    store<u32>(NULLS, place + 1);
    store<u32>(NULLS, <u32>mkString(bufData(TEXT), bufLen(TEXT), 0), 4);
    return;
  }
}
/** The first string with a null byte, which no Nix string can have, or 0. */
export function stringWithNull(): usize {
  return <usize>load<u32>(NULLS, 4);
}
export function stringWithNullPlace(): u32 {
  return load<u32>(NULLS);
}

// ---- keys

const HINT = 'Hint: non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.\n';

/** How many symbols stand on the stack of keys. */
export function keyCount(): u32 {
  return bufLen(KEYS) >>> 2;
}
export function keysAt(i: u32): usize {
  return bufData(KEYS) + ((<usize>i) << 2);
}
export function keysForget(count: u32): void {
  bufSetLen(KEYS, count << 2);
}

function readSimpleKey(): bool {
  const first = here();
  const c = current();
  if (c == 0x22 || c == 0x27) {
    if (!decodeShort(c)) return false;
    pushKey(bufData(TEXT), bufLen(TEXT));
    return true;
  }
  if (!accept(scanBareKey(first))) {
    failAt(
      'toml::parse_simple_key: invalid key: key must be "quoted", \'quoted-literal\', or bare key.',
      failedAt(),
      'expected alpha [a-zA-Z], digit [0-9], -, or _',
      HINT,
    );
    return false;
  }
  pushKey(sourcePtr() + first, here() - first);
  return true;
}
function pushKey(ptr: usize, len: u32): void {
  const sym = symbolIntern(ptr, len);
  store<u32>(bufReserve(KEYS, 4), sym);
  bufSetLen(KEYS, bufLen(KEYS) + 4);
}

/** Reads `a.b.c`; its symbols are pushed on the stack of keys. */
export function readKey(): bool {
  const count = keyCount();
  const first = here();
  while (!atEnd()) {
    if (!readSimpleKey()) {
      keysForget(count);
      return false;
    }
    if (!accept(scanDot(here()))) return true;
  }
  if (keyCount() > count) return true;
  failAt('toml::parse_key: expected a new key, but got nothing', first, 'reached EOF', '');
  return false;
}
