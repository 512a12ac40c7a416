/** Sets of bytes: 256 bits. Character classes are those of the C locale (POSIX.1-2017, XBD 7.3.1). */
import { bytesAre } from '../heap/text';

export const SET_BYTES: usize = 32;

const LOWERED: usize = memory.data(8);

// @ts-ignore: decorator
@inline
export function setHas(set: usize, byte: u32): bool {
  return <bool>((load<u8>(set + (byte >>> 3)) >>> (byte & 7)) & 1);
}

export function setAdd(set: usize, byte: u32): void {
  const at = set + ((byte >>> 5) << 2);
  store<u32>(at, load<u32>(at) | (1 << (byte & 31)));
}

/** Adds a range of signed bytes, as libstdc++ compares `char`. */
export function setAddRange(set: usize, first: i32, last: i32): void {
  for (let c = first; c <= last; c++) setAdd(set, (<u32>c) & 0xff);
}

export function setUnite(set: usize, other: usize): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(set + i, load<u64>(set + i) | load<u64>(other + i));
}

export function setInvert(set: usize): void {
  for (let i: usize = 0; i < SET_BYTES; i += 8) store<u64>(set + i, ~load<u64>(set + i));
}

export function setCount(set: usize): u32 {
  let n: u64 = 0;
  for (let i: usize = 0; i < SET_BYTES; i += 8) n += popcnt<u64>(load<u64>(set + i));
  return <u32>n;
}

/** The lowest member of a set that is not empty. */
export function setFirst(set: usize): u32 {
  let i: u32 = 0;
  while (!setHas(set, i)) i++;
  return i;
}

const enum Class {
  None,
  Alnum,
  Alpha,
  Blank,
  Cntrl,
  Digit,
  Graph,
  Lower,
  Print,
  Punct,
  Space,
  Upper,
  Word,
  Xdigit,
}

// libstdc++ ignores the case of the names, and knows d, s and w in brackets too (regex_traits::lookup_classname).
function classNamed(ptr: usize, len: u32): Class {
  if (len > 6) return Class.None;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    store<u8>(LOWERED + i, c - 0x41 < 26 ? c + 32 : c);
  }
  if (bytesAre(LOWERED, len, 'alnum')) return Class.Alnum;
  if (bytesAre(LOWERED, len, 'alpha')) return Class.Alpha;
  if (bytesAre(LOWERED, len, 'blank')) return Class.Blank;
  if (bytesAre(LOWERED, len, 'cntrl')) return Class.Cntrl;
  if (bytesAre(LOWERED, len, 'digit') || bytesAre(LOWERED, len, 'd')) return Class.Digit;
  if (bytesAre(LOWERED, len, 'graph')) return Class.Graph;
  if (bytesAre(LOWERED, len, 'lower')) return Class.Lower;
  if (bytesAre(LOWERED, len, 'print')) return Class.Print;
  if (bytesAre(LOWERED, len, 'punct')) return Class.Punct;
  if (bytesAre(LOWERED, len, 'space') || bytesAre(LOWERED, len, 's')) return Class.Space;
  if (bytesAre(LOWERED, len, 'upper')) return Class.Upper;
  if (bytesAre(LOWERED, len, 'w')) return Class.Word;
  if (bytesAre(LOWERED, len, 'xdigit')) return Class.Xdigit;
  return Class.None;
}

function isLower(c: u32): bool {
  return c - 0x61 < 26;
}
function isUpper(c: u32): bool {
  return c - 0x41 < 26;
}
function isDigit(c: u32): bool {
  return c - 0x30 < 10;
}
function isAlnum(c: u32): bool {
  return isLower(c) || isUpper(c) || isDigit(c);
}

function inClass(kind: Class, c: u32): bool {
  switch (kind) {
    case Class.Alnum:
      return isAlnum(c);
    case Class.Alpha:
      return isLower(c) || isUpper(c);
    case Class.Blank:
      return c == 0x20 || c == 9;
    case Class.Cntrl:
      return c < 0x20 || c == 0x7f;
    case Class.Digit:
      return isDigit(c);
    case Class.Graph:
      return c - 0x21 < 0x5e;
    case Class.Lower:
      return isLower(c);
    case Class.Print:
      return c - 0x20 < 0x5f;
    case Class.Punct:
      return c - 0x21 < 0x5e && !isAlnum(c);
    case Class.Space:
      return c == 0x20 || c - 9 < 5;
    case Class.Upper:
      return isUpper(c);
    case Class.Word:
      return isAlnum(c) || c == 0x5f;
    case Class.Xdigit:
      return isDigit(c) || (c | 32) - 0x61 < 6;
    default:
      return false;
  }
}

/** Adds the members of `[:name:]`; false where there is no such class. */
export function setAddClass(set: usize, ptr: usize, len: u32): bool {
  const kind = classNamed(ptr, len);
  if (kind == Class.None) return false;
  for (let c: u32 = 0; c < 128; c++) if (inClass(kind, c)) setAdd(set, c);
  return true;
}

/** Adds the letter in both cases: the equivalence class of a byte (regex_traits::transform_primary). */
export function setAddEquivalent(set: usize, byte: u32): void {
  setAdd(set, byte);
  if (isLower(byte) || isUpper(byte)) setAdd(set, byte ^ 32);
}

// The POSIX portable character set (XBD 6.1) by libstdc++'s names, in the order of ASCII.
const NAMES: string =
  'NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed carriage-return SO SI ' +
  'DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3 IS2 IS1 ' +
  'space exclamation-mark quotation-mark number-sign dollar-sign percent-sign ampersand apostrophe ' +
  'left-parenthesis right-parenthesis asterisk plus-sign comma hyphen period slash ' +
  'zero one two three four five six seven eight nine ' +
  'colon semicolon less-than-sign equals-sign greater-than-sign question-mark commercial-at ' +
  'A B C D E F G H I J K L M N O P Q R S T U V W X Y Z ' +
  'left-square-bracket backslash right-square-bracket circumflex underscore grave-accent ' +
  'a b c d e f g h i j k l m n o p q r s t u v w x y z ' +
  'left-curly-bracket vertical-line right-curly-bracket tilde DEL ';

/** The byte that a collating element `[.name.]` stands for, or -1. */
export function collatingElement(ptr: usize, len: u32): i32 {
  const names = changetype<usize>(NAMES);
  const count = <u32>NAMES.length;
  let byte = 0;
  let at: u32 = 0;
  while (at < count) {
    let i: u32 = 0;
    while (i < len && load<u16>(names + ((at + i) << 1)) == <u16>load<u8>(ptr + i) && load<u8>(ptr + i) != 0x20) i++;
    if (i == len && load<u16>(names + ((at + i) << 1)) == 0x20) return byte;
    while (load<u16>(names + (at << 1)) != 0x20) at++;
    at++;
    byte++;
  }
  return -1;
}
