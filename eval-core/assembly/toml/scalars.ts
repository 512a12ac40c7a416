/** TOML's Booleans, numbers, dates and times, after `guessValue` has said what begins here. */
import { bufByte, bufData, bufLen, bufReset } from '../heap/text';
import { Feature, featureEnabled } from '../settings';
import { NULL, FALSE, TRUE, mkFloat, mkInt, mkLiteral, mkString } from '../value/layout';
import { FLOAT_OVERFLOW, intOverflowed, parseFloat, parseFloatRange, parseInt64 } from '../value/numbers';
import { DUP_LAST, attrsAdd, attrsBegin, attrsFinish } from '../value/shapes';
import { symbolOf } from '../value/symbols';
import { failAt, failOver } from './errors';
import { Guess } from './guess';
import { NO, accept, at, go, here, scanDate, scanDigits, scanFloat, scanInteger, scanOffset, scanText, scanTime } from './source';
import { newScalar } from './tree';

const TEXT: usize = memory.data(12, 4); // Buf
/** Place of the first date + 1, where dates are not allowed. */
const DATED: usize = memory.data(4, 4);

export function scalarsOpen(): void {
  store<u32>(DATED, 0);
}
export function datePlace(): u32 {
  return load<u32>(DATED);
}

/** Reads a value of the kind that was guessed; returns its node, or 0 with an error at hand. */
export function readScalar(kind: Guess): u32 {
  switch (kind) {
    case Guess.Boolean:
      return readBoolean();
    case Guess.Integer:
      return readInteger();
    case Guess.Float:
      return readFloat();
  }
  return readDate(kind);
}

function readBoolean(): u32 {
  const first = here();
  if (accept(scanText(first, 'true'))) return newScalar(TRUE, first, here());
  if (accept(scanText(first, 'false'))) return newScalar(FALSE, first, here());
  failAt(
    'toml::parse_boolean: invalid boolean: boolean must be `true` or `false`, in lowercase. string must be surrounded by `"`',
    first,
    'expected true or false',
    '',
  );
  return 0;
}

// ---- numbers

/** What was read, without underscores, in TEXT. */
function keepDigits(first: u32, end: u32): void {
  bufReset(TEXT);
  for (let i = first; i < end; i++) if (at(i) != 0x5f) bufByte(TEXT, at(i));
}

function readInteger(): u32 {
  const first = here();
  const signed = at(first) == 0x2b || at(first) == 0x2d;
  const digit: u32 = signed ? first + 1 : first;
  if (at(digit) == 0x30) {
    const kind = at(digit + 1);
    if (kind == 0x78) return readBased(first, digit, 16);
    if (kind == 0x6f) return readBased(first, digit, 8);
    if (kind == 0x62) return readBased(first, digit, 2);
  }
  const end = scanInteger(first);
  keepDigits(first, end);
  const v = parseInt64(bufData(TEXT), bufLen(TEXT));
  if (intOverflowed()) {
    failAt('toml::parse_dec_integer: too large integer: current max digits = 2^63', end, 'must be < 2^63', '');
    return 0;
  }
  go(end);
  return newScalar(mkInt(v), first, end);
}

function basedTitle(base: u32): string {
  if (base == 16) return 'toml::parse_hex_integer: invalid integer: hex_int must be like: 0xC0FFEE, 0xdead_beef';
  if (base == 8) return 'toml::parse_oct_integer: invalid integer: oct_int must be like: 0o775, 0o04_44';
  return 'toml::parse_bin_integer: invalid integer: bin_int must be like: 0b0101, 0b1111_0000';
}
function failBased(first: u32, digit: u32, base: u32): u32 {
  if (first != digit) failAt(basedTitle(base), first, base == 16 ? 'expected 0x' : base == 8 ? 'expected 0o' : 'expected 0b', '');
  else {
    const expected = base == 16 ? 'expected hex [0-9a-fA-F]' : base == 8 ? 'expected from `0` to `7`' : 'expected 0 or 1';
    failAt(basedTitle(base), first + 2, expected, '');
  }
  return 0;
}
/** An integer with a prefix, which takes no sign. */
function readBased(first: u32, digit: u32, base: u32): u32 {
  const end = first == digit ? scanDigits(first + 2, base) : NO;
  if (end == NO) return failBased(first, digit, base);
  const shift: u32 = base == 16 ? 4 : base == 8 ? 3 : 1;
  let v: u64 = 0;
  let large = false;
  for (let i = first + 2; i < end; i++) {
    const c = at(i);
    if (c == 0x5f) continue;
    if (v >>> (63 - shift)) large = true;
    v = (v << shift) | (<u64>(c < 0x3a ? c - 0x30 : (c | 0x20) - 0x57));
  }
  if (large || <i64>v < 0) {
    const title =
      base == 16
        ? 'toml::parse_hex_integer: too large integer: current max value = 2^63'
        : base == 8
          ? 'toml::parse_oct_integer: too large integer: current max value = 2^63'
          : 'toml::parse_bin_integer: too large integer: current max value = 2^63';
    failAt(title, end, 'must be < 2^63', '');
    return 0;
  }
  go(end);
  return newScalar(mkInt(<i64>v), first, end);
}

function readFloat(): u32 {
  const first = here();
  const end = scanFloat(first);
  go(end);
  const last = at(end - 1);
  if (last == 0x66) return newScalar(mkFloat(at(first) == 0x2d ? -Infinity : Infinity), first, end);
  if (last == 0x6e) return newScalar(mkFloat(reinterpret<f64>(at(first) == 0x2d ? 0xfff8000000000000 : 0x7ff8000000000000)), first, end);
  keepDigits(first, end);
  const x = parseFloat(bufData(TEXT), bufLen(TEXT));
  if (parseFloatRange() == FLOAT_OVERFLOW) {
    failAt('toml::parse_floating: failed to read floating point value from stream', end, 'here', '');
    return 0;
  }
  return newScalar(mkFloat(x), first, end);
}

// ---- dates and times

function number(i: u32, digits: u32): u32 {
  let v: u32 = 0;
  for (let k: u32 = 0; k < digits; k++) v = v * 10 + at(i + k) - 0x30;
  return v;
}
function keep(i: u32, n: u32): void {
  for (let k: u32 = 0; k < n; k++) bufByte(TEXT, at(i + k));
}

/** Reads a date, time or both; its text in TEXT is in the one form that Nix shows. */
function readDate(kind: Guess): u32 {
  const first = here();
  bufReset(TEXT);
  if (kind != Guess.LocalTime && !readDay()) return 0;
  if (kind == Guess.OffsetDateTime || kind == Guess.LocalDateTime) {
    bufByte(TEXT, 0x54);
    go(here() + 1);
  }
  if (kind != Guess.LocalDate && !readTime()) return 0;
  if (kind == Guess.OffsetDateTime && !readOffset(first)) return 0;
  return newScalar(timestamp(first), first, here());
}
/** `{ _type = "timestamp"; value = …; }`; without the feature, dates are an error once the document has been read. */
function timestamp(first: u32): usize {
  if (!featureEnabled(Feature.ParseTomlTimestamps)) {
    if (!load<u32>(DATED)) store<u32>(DATED, first + 1);
    return NULL;
  }
  const mark = attrsBegin();
  attrsAdd(symbolOf('_type'), mkLiteral('timestamp'), 0);
  attrsAdd(symbolOf('value'), mkString(bufData(TEXT), bufLen(TEXT), 0), 0);
  return attrsFinish(mark, DUP_LAST);
}

function daysOf(year: u32, month: u32): u32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}
function readDay(): bool {
  const i = here();
  go(scanDate(i));
  const month = number(i + 5, 2);
  const day = number(i + 8, 2);
  if (month < 1 || month > 12 || day < 1 || day > daysOf(number(i, 4), month)) {
    failAt(
      'toml::parse_local_date: invalid date.',
      i,
      'month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year.',
      '',
    );
    return false;
  }
  keep(i, 10);
  return true;
}

function readTime(): bool {
  const i = here();
  const end = scanTime(i);
  go(end);
  if (number(i, 2) > 23 || number(i + 3, 2) > 59) {
    failAt('toml::parse_local_time: invalid time.', i, 'hour must be 00-23, minute must be 00-59.', '');
    return false;
  }
  if (number(i + 6, 2) > 60) {
    failAt('toml::parse_local_time: invalid time.', i, 'second must be 00-60.', '');
    return false;
  }
  keep(i, 8);
  keepFraction(i + 9, end);
  return true;
}
/** A fraction of 3, 6 or 9 digits, or none, as short as it can be. */
function keepFraction(i: u32, end: u32): void {
  let digits: u32 = 0;
  for (let k: u32 = 0; k < 9 && i + k < end; k++) if (at(i + k) != 0x30) digits = k + 1;
  if (!digits) return;
  digits = ((digits + 2) / 3) * 3;
  bufByte(TEXT, 0x2e);
  for (let k: u32 = 0; k < digits; k++) bufByte(TEXT, i + k < end ? at(i + k) : 0x30);
}

function readOffset(first: u32): bool {
  const i = here();
  const end = scanOffset(i);
  go(end);
  if (end == i + 1) {
    bufByte(TEXT, 0x5a);
    return true;
  }
  const hour = number(i + 1, 2);
  const minute = number(i + 4, 2);
  if (hour > 24 || minute > 60) {
    failOver('toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60', first, end, 'here');
    return false;
  }
  const total = hour * 60 + minute;
  if (!total) {
    bufByte(TEXT, 0x5a);
    return true;
  }
  bufByte(TEXT, at(i));
  keepTwo(total / 60);
  bufByte(TEXT, 0x3a);
  keepTwo(total % 60);
  return true;
}
function keepTwo(n: u32): void {
  bufByte(TEXT, 0x30 + n / 10);
  bufByte(TEXT, 0x30 + (n % 10));
}
