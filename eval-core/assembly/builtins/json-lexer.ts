/**
 * JSON's tokens (RFC 8259), with the messages, places and quoted text of the JSON library of Nix: what it says it "last read"
 * reaches back to the start of the last string or number.
 */
import { bufByte, bufBytes, bufLen, bufReserve, bufReset, bufSetLen, bufStr } from '../heap/text';
import { utf8Continuations, utf8Encode, utf8Follows } from '../print/utf8';
import { FLOAT_OVERFLOW, intOverflowed, parseFloat, parseFloatRange, parseInt64 } from '../value/numbers';

export const enum Token {
  Uninitialized = 0,
  True,
  False,
  Null,
  String,
  Unsigned,
  Integer,
  Float,
  BeginArray,
  BeginObject,
  EndArray,
  EndObject,
  Colon,
  Comma,
  Error,
  End,
  Value,
}

const STATE: usize = memory.data(64, 8);
const TEXT: usize = STATE + 0;
const LENGTH: usize = STATE + 4;
const AT: usize = STATE + 8; // bytes read
const LINE: usize = STATE + 12;
const COLUMN: usize = STATE + 16;
const MARK: usize = STATE + 20; // start of the text that errors quote
const MESSAGE: usize = STATE + 24; // of an error token: an ASCII literal
const CURRENT: usize = STATE + 28;
const NUMBER: usize = STATE + 32; // i64 or f64
const STRING: usize = STATE + 40; // Buf
const CONTROL: usize = STATE + 52; // the control character that is the error
const PAST_END: usize = STATE + 56; // the end was read, as a character

const EOF: u32 = 0xffffffff;

export function jsonOpen(ptr: usize, len: u32): void {
  memory.fill(STATE, 0, 40);
  store<u32>(TEXT, <u32>ptr);
  store<u32>(LENGTH, len);
  store<u32>(PAST_END, 0);
}
export function jsonLine(): u32 {
  return load<u32>(LINE) + 1;
}
export function jsonColumn(): u32 {
  return load<u32>(COLUMN);
}
/** Whether nothing but the end has been read. */
export function jsonIsEmpty(): bool {
  return load<u32>(AT) + load<u32>(PAST_END) == 1;
}
/** The last string, decoded. */
export function jsonString(): usize {
  return STRING;
}
export function jsonInteger(): i64 {
  return load<i64>(NUMBER);
}
export function jsonFloat(): f64 {
  return load<f64>(NUMBER);
}

function get(): u32 {
  store<u32>(COLUMN, load<u32>(COLUMN) + 1);
  const at = load<u32>(AT);
  if (at >= load<u32>(LENGTH)) {
    store<u32>(PAST_END, load<u32>(PAST_END) + 1);
    store<u32>(CURRENT, EOF);
    return EOF;
  }
  const c = <u32>load<u8>(<usize>load<u32>(TEXT) + at);
  store<u32>(AT, at + 1);
  store<u32>(CURRENT, c);
  if (c == 0x0a) {
    store<u32>(LINE, load<u32>(LINE) + 1);
    store<u32>(COLUMN, 0);
  }
  return c;
}
/** Puts back what was read last. */
function unget(): void {
  if (load<u32>(COLUMN)) store<u32>(COLUMN, load<u32>(COLUMN) - 1);
  else if (load<u32>(LINE)) store<u32>(LINE, load<u32>(LINE) - 1);
  if (load<u32>(PAST_END)) store<u32>(PAST_END, load<u32>(PAST_END) - 1);
  else store<u32>(AT, load<u32>(AT) - 1);
}
function failed(message: string): Token {
  store<u32>(MESSAGE, <u32>changetype<usize>(message));
  return Token.Error;
}

/** Reads the next token. */
export function jsonToken(): Token {
  if (!load<u32>(AT) && !load<u32>(PAST_END) && !skipByteOrderMark()) return failed('invalid BOM; must be 0xEF 0xBB 0xBF if given');
  let c = get();
  while (c == 0x20 || c == 0x09 || c == 0x0a || c == 0x0d) c = get();
  switch (c) {
    case 0x5b:
      return Token.BeginArray;
    case 0x5d:
      return Token.EndArray;
    case 0x7b:
      return Token.BeginObject;
    case 0x7d:
      return Token.EndObject;
    case 0x3a:
      return Token.Colon;
    case 0x2c:
      return Token.Comma;
    case 0x74:
      return keyword('true', Token.True);
    case 0x66:
      return keyword('false', Token.False);
    case 0x6e:
      return keyword('null', Token.Null);
    case 0x22:
      return readString();
    case 0:
    case EOF:
      return Token.End;
  }
  return c == 0x2d || c - 0x30 < 10 ? readNumber() : failed('invalid literal');
}

function skipByteOrderMark(): bool {
  if (get() != 0xef) {
    unget();
    return true;
  }
  return get() == 0xbb && get() == 0xbf;
}
function keyword(text: string, token: Token): Token {
  for (let i = 1; i < text.length; i++) if (get() != <u32>text.charCodeAt(i)) return failed('invalid literal');
  return token;
}

// ---- strings

function readString(): Token {
  store<u32>(MARK, load<u32>(AT) - 1);
  bufReset(STRING);
  for (;;) {
    plainRun();
    const c = get();
    if (c == EOF) return failed('invalid string: missing closing quote');
    if (c == 0x22) return Token.String;
    if (c == 0x5c) {
      const problem = readEscape();
      if (problem) return problem;
    } else if (c < 0x20) {
      store<u32>(CONTROL, c);
      return failed('control');
    } else if (c >= 0x80) {
      if (!character(c)) return failed('invalid string: ill-formed UTF-8 byte');
    } else bufByte(STRING, c);
  }
  return Token.Error;
}
/** Copies ASCII characters that stand for themselves. */
function plainRun(): void {
  const from = load<u32>(AT);
  const end = load<u32>(LENGTH);
  const text = <usize>load<u32>(TEXT);
  let at = from;
  while (at < end) {
    const c = <u32>load<u8>(text + at);
    if (c < 0x20 || c == 0x22 || c == 0x5c || c >= 0x80) break;
    at++;
  }
  bufBytes(STRING, text + from, at - from);
  store<u32>(AT, at);
  store<u32>(COLUMN, load<u32>(COLUMN) + (at - from));
}
/** The rest of a character of several bytes. */
function character(first: u32): bool {
  const more = utf8Continuations(first);
  if (!more) return false;
  bufByte(STRING, first);
  for (let k: u32 = 0; k < more; k++) {
    const b = get();
    if (b == EOF || !utf8Follows(first, k, b)) return false;
    bufByte(STRING, b);
  }
  return true;
}
/** What follows a backslash; returns an error token or 0. */
function readEscape(): Token {
  const c = get();
  switch (c) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      bufByte(STRING, c);
      return 0;
    case 0x62:
      bufByte(STRING, 8);
      return 0;
    case 0x66:
      bufByte(STRING, 12);
      return 0;
    case 0x6e:
      bufByte(STRING, 10);
      return 0;
    case 0x72:
      bufByte(STRING, 13);
      return 0;
    case 0x74:
      bufByte(STRING, 9);
      return 0;
    case 0x75:
      return codePoint();
  }
  return failed('invalid string: forbidden character after backslash');
}
function codePoint(): Token {
  let c = hex4();
  if (c < 0) return failed("invalid string: '\\u' must be followed by 4 hex digits");
  if (c >= 0xdc00 && c < 0xe000) return failed('invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF');
  if (c >= 0xd800 && c < 0xdc00) {
    if (get() != 0x5c || get() != 0x75) return failed('invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF');
    const low = hex4();
    if (low < 0) return failed("invalid string: '\\u' must be followed by 4 hex digits");
    if (low < 0xdc00 || low >= 0xe000) return failed('invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF');
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
  }
  bufSetLen(STRING, bufLen(STRING) + utf8Encode(<u32>c, bufReserve(STRING, 4)));
  return 0;
}
function hex4(): i32 {
  let v: u32 = 0;
  for (let i = 0; i < 4; i++) {
    const c = get();
    let d: u32 = c - 0x30;
    if (d > 9) {
      d = (c | 0x20) - 0x61;
      if (c == EOF || d > 5) return -1;
      d += 10;
    }
    v = (v << 4) | d;
  }
  return <i32>v;
}

// ---- numbers

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}
function digits(): u32 {
  let c = get();
  while (isDigit(c)) c = get();
  return c;
}
/** A number whose first character was read. */
function readNumber(): Token {
  const start = load<u32>(AT) - 1;
  store<u32>(MARK, start);
  let c = load<u32>(CURRENT);
  const negative = c == 0x2d;
  if (negative) {
    c = get();
    if (!isDigit(c)) return failed("invalid number; expected digit after '-'");
  }
  c = c == 0x30 ? get() : digits();
  let isFloat = false;
  if (c == 0x2e) {
    isFloat = true;
    if (!isDigit(get())) return failed("invalid number; expected digit after '.'");
    c = digits();
  }
  if (c == 0x65 || c == 0x45) {
    isFloat = true;
    c = get();
    const signed = c == 0x2b || c == 0x2d;
    if (signed) c = get();
    if (!isDigit(c))
      return failed(
        signed ? 'invalid number; expected digit after exponent sign' : "invalid number; expected '+', '-', or digit after exponent",
      );
    digits();
  }
  unget();
  return convert(<usize>load<u32>(TEXT) + start, load<u32>(AT) - start, negative, isFloat);
}
function convert(ptr: usize, len: u32, negative: bool, isFloat: bool): Token {
  if (!isFloat) {
    const v = parseInt64(ptr, len);
    if (!intOverflowed()) {
      store<i64>(NUMBER, v);
      return Token.Integer;
    }
    if (!negative && fitsUnsigned(ptr, len)) return Token.Unsigned;
  }
  store<f64>(NUMBER, parseFloat(ptr, len));
  return Token.Float;
}
/** Whether a number above the largest integer is at most 2^64 - 1: then it is an error instead of a float. */
function fitsUnsigned(ptr: usize, len: u32): bool {
  if (len != 20) return len < 20;
  const rest = parseInt64(ptr + 1, 19);
  return load<u8>(ptr) == 0x31 && !intOverflowed() && rest <= 8446744073709551615;
}
/** Whether the last float is too large. */
export function jsonOverflowed(): bool {
  return parseFloatRange() == FLOAT_OVERFLOW;
}

// ---- messages

/** The bytes since the start of the last string or number. */
export function jsonLastText(): usize {
  return <usize>load<u32>(TEXT) + load<u32>(MARK);
}
export function jsonLastLength(): u32 {
  return load<u32>(AT) - load<u32>(MARK);
}
/** Appends what was wrong with the last token, and what was read. */
export function bufTokenError(b: usize): void {
  const message = changetype<string>(<usize>load<u32>(MESSAGE));
  if (bytesOfControl(message)) bufControl(b, load<u32>(CONTROL));
  else bufStr(b, message);
  bufStr(b, "; last read: '");
  const ptr = jsonLastText();
  const n = jsonLastLength();
  for (let i: u32 = 0; i < n; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c > 0x1f) bufByte(b, c);
    else {
      bufStr(b, '<U+00');
      bufByte(b, c < 16 ? 0x30 : 0x31);
      bufByte(b, hexUpper(c & 15));
      bufByte(b, 0x3e);
    }
  }
  bufByte(b, 0x27);
}
function bytesOfControl(message: string): bool {
  return message.length == 7;
}
function hexUpper(d: u32): u32 {
  return d < 10 ? 0x30 + d : 0x37 + d;
}
/** Names of the control characters, three bytes each (Unicode, C0 controls). */
const CONTROL_NAMES = 'NULSOHSTXETXEOTENQACKBELBS HT LF VT FF CR SO SI DLEDC1DC2DC3DC4NAKSYNETBCANEM SUBESCFS GS RS US ';
function bufCode(b: usize, c: u32): void {
  bufByte(b, c < 16 ? 0x30 : 0x31);
  bufByte(b, hexUpper(c & 15));
}
function bufControl(b: usize, c: u32): void {
  bufStr(b, 'invalid string: control character U+00');
  bufCode(b, c);
  bufStr(b, ' (');
  for (let i: u32 = 0; i < 3; i++) {
    const letter = <u32>load<u8>(changetype<usize>(CONTROL_NAMES) + ((<usize>(c * 3 + i)) << 1));
    if (letter != 0x20) bufByte(b, letter);
  }
  bufStr(b, ') must be escaped to \\u00');
  bufCode(b, c);
  switch (c) {
    case 8:
      bufStr(b, ' or \\b');
      break;
    case 9:
      bufStr(b, ' or \\t');
      break;
    case 10:
      bufStr(b, ' or \\n');
      break;
    case 12:
      bufStr(b, ' or \\f');
      break;
    case 13:
      bufStr(b, ' or \\r');
  }
}

/** Appends the library's name of a token. */
export function bufTokenName(b: usize, token: Token): void {
  switch (token) {
    case Token.True:
      bufStr(b, 'true literal');
      break;
    case Token.False:
      bufStr(b, 'false literal');
      break;
    case Token.Null:
      bufStr(b, 'null literal');
      break;
    case Token.String:
      bufStr(b, 'string literal');
      break;
    case Token.Unsigned:
    case Token.Integer:
    case Token.Float:
      bufStr(b, 'number literal');
      break;
    case Token.BeginArray:
      bufStr(b, "'['");
      break;
    case Token.BeginObject:
      bufStr(b, "'{'");
      break;
    case Token.EndArray:
      bufStr(b, "']'");
      break;
    case Token.EndObject:
      bufStr(b, "'}'");
      break;
    case Token.Colon:
      bufStr(b, "':'");
      break;
    case Token.Comma:
      bufStr(b, "','");
      break;
    case Token.End:
      bufStr(b, 'end of input');
      break;
    case Token.Value:
      bufStr(b, "'[', '{', or a literal");
      break;
    default:
      bufStr(b, '<uninitialized>');
  }
}
