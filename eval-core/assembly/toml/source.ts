/**
 * The text of a TOML document, and what can stand in it (TOML 1.0.0, toml.abnf). A scanner takes a place and returns the place
 * behind what it found, or NO. Places are offsets; behind the last byte, `at` is 0.
 */
import { bufByte, bufBytes, bufData, bufLen, bufReset } from '../heap/text';
import { utf8Continuations, utf8Follows } from '../print/utf8';

export const NO: u32 = 0xffffffff;

const TEXT: usize = memory.data(12, 4); // Buf
const PTR: usize = memory.data(4, 4);
const LENGTH: usize = memory.data(4, 4);
const NOW: usize = memory.data(4, 4);
const FAILED_AT: usize = memory.data(4, 4);

/** Copies the text; a missing newline is added at its end, unless there is a lone carriage return. */
export function sourceOpen(ptr: usize, len: u32): void {
  bufReset(TEXT);
  bufBytes(TEXT, ptr, len);
  const last: u32 = len ? <u32>load<u8>(ptr + len - 1) : 0;
  if (len && last != 0x0a && last != 0x0d) bufByte(TEXT, 0x0a);
  sourceView(bufData(TEXT), bufLen(TEXT));
  store<u32>(NOW, 0);
}
/** Looks at other bytes for a while: those of an escape sequence, of which errors show nothing else. */
export function sourceView(ptr: usize, len: u32): void {
  store<u32>(PTR, <u32>ptr);
  store<u32>(LENGTH, len);
}
export function sourceWhole(): void {
  sourceView(bufData(TEXT), bufLen(TEXT));
}
export function sourceIsWhole(): bool {
  return <usize>load<u32>(PTR) == bufData(TEXT);
}
// @ts-ignore: decorator
@inline
export function sourcePtr(): usize {
  return <usize>load<u32>(PTR);
}
// @ts-ignore: decorator
@inline
export function sourceLen(): u32 {
  return load<u32>(LENGTH);
}
// @ts-ignore: decorator
@inline
export function at(i: u32): u32 {
  return i < sourceLen() ? <u32>load<u8>(sourcePtr() + i) : 0;
}

// ---- where the parser is

// @ts-ignore: decorator
@inline
export function here(): u32 {
  return load<u32>(NOW);
}
// @ts-ignore: decorator
@inline
export function go(i: u32): void {
  store<u32>(NOW, i);
}
// @ts-ignore: decorator
@inline
export function current(): u32 {
  return at(here());
}
// @ts-ignore: decorator
@inline
export function atEnd(): bool {
  return here() >= sourceLen();
}
export function advance(): void {
  if (!atEnd()) go(here() + 1);
}
/** Goes behind what a scanner found, if it did. */
export function accept(found: u32): bool {
  if (found == NO) return false;
  go(found);
  return true;
}
/** Where the last scanner that failed missed something. */
export function failedAt(): u32 {
  return load<u32>(FAILED_AT);
}
function missing(i: u32): u32 {
  store<u32>(FAILED_AT, i);
  return NO;
}

// ---- characters

// @ts-ignore: decorator
@inline
export function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}
export function isHexDigit(c: u32): bool {
  return isDigit(c) || (c | 0x20) - 0x61 < 6;
}
// @ts-ignore: decorator
@inline
function isBlank(c: u32): bool {
  return c == 0x20 || c == 0x09;
}
export function scanByte(i: u32, c: u32): u32 {
  return i < sourceLen() && at(i) == c ? i + 1 : NO;
}
export function scanText(i: u32, text: string): u32 {
  for (let k = 0; k < text.length; k++) if (at(i + k) != <u32>text.charCodeAt(k)) return NO;
  return i + text.length;
}
/** Behind spaces and tabs. */
export function scanBlanks(i: u32): u32 {
  while (isBlank(at(i))) i++;
  return i;
}
export function scanNewline(i: u32): u32 {
  if (at(i) == 0x0a) return i + 1;
  return at(i) == 0x0d && at(i + 1) == 0x0a ? i + 2 : NO;
}
/** A character of several bytes. */
function scanWide(i: u32): u32 {
  const first = at(i);
  const more = utf8Continuations(first);
  if (!more) return NO;
  for (let k: u32 = 0; k < more; k++) if (!utf8Follows(first, k, at(i + 1 + k))) return NO;
  return i + 1 + more;
}
/** `# …`, without the newline. */
export function scanComment(i: u32): u32 {
  if (at(i) != 0x23) return NO;
  i++;
  for (;;) {
    const c = at(i);
    const end = c == 0x09 || (c >= 0x20 && c < 0x7f) ? i + 1 : c >= 0x80 ? scanWide(i) : NO;
    if (end == NO) return i;
    i = end;
  }
  return i;
}

// ---- strings

function isSimpleEscape(c: u32): bool {
  return c == 0x22 || c == 0x5c || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74;
}
function scanHexDigits(i: u32, n: u32): u32 {
  for (let k: u32 = 0; k < n; k++) if (!isHexDigit(at(i + k))) return NO;
  return i + n;
}
function scanBasicChar(i: u32): u32 {
  const c = at(i);
  if (c == 0x5c) {
    const kind = at(i + 1);
    if (isSimpleEscape(kind)) return i + 2;
    return kind == 0x75 ? scanHexDigits(i + 2, 4) : kind == 0x55 ? scanHexDigits(i + 2, 8) : NO;
  }
  if (c >= 0x80) return scanWide(i);
  return c == 0x09 || (c >= 0x20 && c < 0x7f && c != 0x22) ? i + 1 : NO;
}
function scanLiteralChar(i: u32): u32 {
  const c = at(i);
  if (c >= 0x80) return scanWide(i);
  return c == 0x09 || (c >= 0x20 && c < 0x7f && c != 0x27) ? i + 1 : NO;
}
function scanChar(i: u32, quote: u32): u32 {
  return quote == 0x22 ? scanBasicChar(i) : scanLiteralChar(i);
}
/** `"…"` or `'…'` */
export function scanString(i: u32, quote: u32): u32 {
  if (at(i) != quote) return missing(i);
  i++;
  for (let end = scanChar(i, quote); end != NO; end = scanChar(i, quote)) i = end;
  return at(i) == quote ? i + 1 : missing(i);
}
/** A backslash at the end of a line, with the blank space that it swallows. */
export function scanEscapedNewline(i: u32): u32 {
  if (at(i) != 0x5c) return NO;
  i = scanNewline(scanBlanks(i + 1));
  if (i == NO) return NO;
  for (;;) {
    i = scanBlanks(i);
    const end = scanNewline(i);
    if (end == NO) return i;
    i = end;
  }
  return i;
}
/** As many characters of a string of several lines as there are. */
function scanContent(i: u32, quote: u32): u32 {
  for (;;) {
    let end = scanChar(i, quote);
    if (end == NO) end = scanNewline(i);
    if (end == NO && quote == 0x22) end = scanEscapedNewline(i);
    if (end == NO) return i;
    i = end;
  }
  return i;
}
function quotesAt(i: u32, quote: u32): u32 {
  let n: u32 = 0;
  while (n < 3 && at(i + n) == quote) n++;
  return n;
}
/** `"""…"""` or `'''…'''`; up to two quotes may stand before the closing ones. */
export function scanLongString(i: u32, quote: u32): u32 {
  if (quotesAt(i, quote) < 3) return missing(i);
  i = scanContent(i + 3, quote);
  for (;;) {
    const n = quotesAt(i, quote);
    if (n == 0 || n > 2) break;
    const end = scanContent(i + n, quote);
    if (end == i + n) break;
    i = end;
  }
  if (quotesAt(i, quote) < 3) return missing(i);
  i += 3;
  const more = quotesAt(i, quote);
  return i + (more > 2 ? 2 : more);
}

// ---- keys

function isKeyByte(c: u32): bool {
  return (c | 0x20) - 0x61 < 26 || isDigit(c) || c == 0x2d || c == 0x5f;
}
export function scanBareKey(i: u32): u32 {
  if (!isKeyByte(at(i))) return missing(i);
  while (isKeyByte(at(i))) i++;
  return i;
}
function scanSimpleKey(i: u32): u32 {
  const c = at(i);
  return c == 0x22 || c == 0x27 ? scanString(i, c) : scanBareKey(i);
}
export function scanDot(i: u32): u32 {
  i = scanByte(scanBlanks(i), 0x2e);
  return i == NO ? NO : scanBlanks(i);
}
function scanKey(i: u32): u32 {
  i = scanSimpleKey(i);
  if (i == NO) return NO;
  for (let dot = scanDot(i); dot != NO; dot = scanDot(i)) {
    const end = scanSimpleKey(dot);
    if (end == NO) break;
    i = end;
  }
  return i;
}
/** `[key]` or `[[key]]`, from the bracket. `missingPart` says what was missed where it is NO. */
export function scanHeader(i: u32, double: bool): u32 {
  const n: u32 = double ? 2 : 1;
  store<u32>(PART, HEADER_OPEN);
  for (let k: u32 = 0; k < n; k++) if (at(i + k) != 0x5b) return missing(i);
  i = scanBlanks(i + n);
  store<u32>(PART, HEADER_KEY);
  const end = scanKey(i);
  if (end == NO) return missing(i);
  i = scanBlanks(end);
  store<u32>(PART, HEADER_CLOSE);
  for (let k: u32 = 0; k < n; k++) if (at(i + k) != 0x5d) return missing(i);
  return i + n;
}
const PART: usize = memory.data(4, 4);
export const HEADER_OPEN: u32 = 0;
export const HEADER_KEY: u32 = 1;
export const HEADER_CLOSE: u32 = 2;
export function missingPart(): u32 {
  return load<u32>(PART);
}
/** Whether a table's header follows. */
export function isHeader(i: u32): bool {
  return scanHeader(i, false) != NO || scanHeader(i, true) != NO;
}

// ---- numbers and dates

function isDigitOf(c: u32, base: u32): bool {
  return base == 16 ? isHexDigit(c) : c - 0x30 < base;
}
/** Digits with single underscores between them, at least one. */
export function scanDigits(i: u32, base: u32): u32 {
  if (!isDigitOf(at(i), base)) return missing(i);
  i++;
  for (;;) {
    if (isDigitOf(at(i), base)) i++;
    else if (at(i) == 0x5f && isDigitOf(at(i + 1), base)) i += 2;
    else return i;
  }
  return i;
}
function scanSign(i: u32): u32 {
  return at(i) == 0x2b || at(i) == 0x2d ? i + 1 : i;
}
function scanDecimal(i: u32): u32 {
  i = scanSign(i);
  return at(i) == 0x30 ? i + 1 : scanDigits(i, 10);
}
/** `0xff`, `0o7`, `0b1` or a decimal integer. */
export function scanInteger(i: u32): u32 {
  if (at(i) == 0x30) {
    const kind = at(i + 1);
    const base: u32 = kind == 0x78 ? 16 : kind == 0x6f ? 8 : kind == 0x62 ? 2 : 0;
    const end = base ? scanDigits(i + 2, base) : NO;
    if (end != NO) return end;
  }
  return scanDecimal(i);
}
function scanExponent(i: u32): u32 {
  return (at(i) | 0x20) == 0x65 ? scanDigits(scanSign(i + 1), 10) : NO;
}
export function scanFloat(i: u32): u32 {
  const word = scanSign(i);
  if (scanText(word, 'inf') != NO || scanText(word, 'nan') != NO) return word + 3;
  i = scanDecimal(i);
  if (i == NO) return NO;
  const exponent = scanExponent(i);
  if (exponent != NO) return exponent;
  const fraction = at(i) == 0x2e ? scanDigits(i + 1, 10) : NO;
  if (fraction == NO) return NO;
  const both = scanExponent(fraction);
  return both == NO ? fraction : both;
}
/** Exactly the digits and marks of a pattern in which `0` stands for a digit. */
function scanPattern(i: u32, pattern: string): u32 {
  for (let k = 0; k < pattern.length; k++, i++) {
    const want = <u32>pattern.charCodeAt(k);
    const c = at(i);
    if (want == 0x30 ? !isDigit(c) : c != want) return missing(i);
  }
  return i;
}
export function scanDate(i: u32): u32 {
  return scanPattern(i, '0000-00-00');
}
export function scanTime(i: u32): u32 {
  i = scanPattern(i, '00:00:00');
  if (i == NO || at(i) != 0x2e || !isDigit(at(i + 1))) return i;
  i++;
  while (isDigit(at(i))) i++;
  return i;
}
export function scanOffset(i: u32): u32 {
  const c = at(i);
  if ((c | 0x20) == 0x7a) return i + 1;
  return c == 0x2b || c == 0x2d ? scanPattern(i + 1, '00:00') : missing(i);
}
/** A date and a time with a `T` or a space between them. */
export function scanDateTime(i: u32): u32 {
  i = scanDate(i);
  if (i == NO) return NO;
  return (at(i) | 0x20) == 0x74 || at(i) == 0x20 ? scanTime(i + 1) : NO;
}
