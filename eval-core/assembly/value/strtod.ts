/**
 * Decimal text to double, correctly rounded (half to even) as C's strtod: an exact quick way for short numbers (W. Clinger,
 * "How to read floating point numbers accurately", 1990), big integers for the rest.
 */
import { bigBitLength, bigCompare, bigIsZero, bigMulAdd, bigMulPow10, bigSet, bigShl, bigSub } from './bignum';

const NUM: usize = memory.data(640, 8);
const DEN: usize = memory.data(640, 8);
const RANGE: usize = memory.data(4);
/** 10^0 … 10^22: exact as doubles. */
const POW10: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
]);
/** More digits than this cannot change the result, other than by not being zero. */
const MAX_DIGITS: u32 = 800;

export const FLOAT_EXACT: u32 = 0;
export const FLOAT_OVERFLOW: u32 = 1;
/** below the smallest normal number and inexact: C's ERANGE */
export const FLOAT_UNDERFLOW: u32 = 2;

/** What became of the last number that was read. */
export function parseFloatRange(): u32 {
  return load<u32>(RANGE);
}

// What was scanned.
const AT: usize = memory.data(16, 8); // | mantissa u64 | significant digits | exponent of the last of them |

/** `[+-] digits [. digits] [e [+-] digits]`; the form has been checked. */
export function parseFloat(ptr: usize, len: u32): f64 {
  const end = ptr + len;
  let negative = false;
  const sign = len ? <u32>load<u8>(ptr) : 0;
  if (sign == 0x2d || sign == 0x2b) {
    negative = sign == 0x2d;
    ptr++;
  }
  store<u32>(RANGE, FLOAT_EXACT);
  scan(ptr, end);
  const mantissa = load<u64>(AT);
  const digits = load<u32>(AT, 8);
  const exponent = load<i32>(AT, 12);
  let x: f64 = 0;
  if (digits) {
    if (digits <= 19 && mantissa <= 0x20000000000000 && exponent >= -22 && exponent <= 22) {
      const p = load<f64>(POW10 + ((<usize>abs(exponent)) << 3));
      x = exponent < 0 ? <f64>mantissa / p : <f64>mantissa * p;
    } else x = exact(ptr, end, digits, exponent);
  }
  return negative ? -x : x;
}

/** Counts the significant digits, keeps the first 19 as an integer. */
function scan(ptr: usize, end: usize): void {
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let exponent: i32 = 0;
  let fraction = false;
  for (; ptr < end; ptr++) {
    const c = <u32>load<u8>(ptr);
    if (c == 0x2e) fraction = true;
    else if (c - 0x30 < 10) {
      if (fraction) exponent--;
      if (!digits && c == 0x30) continue;
      if (digits < 19) mantissa = mantissa * 10 + (c - 0x30);
      digits++;
    } else break;
  }
  if (ptr < end) exponent += scanExponent(ptr + 1, end);
  store<u64>(AT, mantissa);
  store<u32>(AT, digits, 8);
  store<i32>(AT, exponent, 12);
}
function scanExponent(ptr: usize, end: usize): i32 {
  const negative = ptr < end && load<u8>(ptr) == 0x2d;
  if (ptr < end && (negative || load<u8>(ptr) == 0x2b)) ptr++;
  let e: i32 = 0;
  for (; ptr < end; ptr++) if (e < 100000000) e = e * 10 + (<i32>load<u8>(ptr) - 0x30);
  return negative ? -e : e;
}

function exact(ptr: usize, end: usize, digits: u32, exponent: i32): f64 {
  // the number is in [10^(top-1), 10^top)
  const top = <i64>digits + <i64>exponent;
  if (top > 310) {
    store<u32>(RANGE, FLOAT_OVERFLOW);
    return Infinity;
  }
  if (top < -330) {
    store<u32>(RANGE, FLOAT_UNDERFLOW);
    return 0;
  }
  const dropped = readDigits(ptr, end);
  exponent += <i32>dropped;
  bigSet(DEN, 1);
  if (exponent > 0) bigMulPow10(NUM, <u32>exponent);
  else bigMulPow10(DEN, <u32>-exponent);
  return quotient();
}

/** Puts the significant digits into NUM; beyond MAX_DIGITS one sticky digit stands for the rest. Returns how many it left out. */
function readDigits(ptr: usize, end: usize): u32 {
  bigSet(NUM, 0);
  let n: u32 = 0;
  let dropped: u32 = 0;
  let sticky = false;
  for (; ptr < end; ptr++) {
    const d = <u32>load<u8>(ptr) - 0x30;
    if (d == 0xfffffffe) continue;
    if (d > 9) break;
    if (!n && !d) continue;
    if (n < MAX_DIGITS) {
      bigMulAdd(NUM, 10, d);
      n++;
    } else {
      dropped++;
      if (d) sticky = true;
    }
  }
  if (sticky) {
    bigMulAdd(NUM, 10, 1);
    dropped--;
  }
  return dropped;
}

/** NUM / DEN as a double. */
function quotient(): f64 {
  let e = <i32>bigBitLength(NUM) - <i32>bigBitLength(DEN);
  if (e < 0) bigShl(NUM, <u32>-e);
  else bigShl(DEN, <u32>e);
  if (bigCompare(NUM, DEN) < 0) {
    bigShl(NUM, 1);
    e--;
  }
  // 1 <= NUM / DEN < 2, times 2^e
  let m: u64 = 0;
  for (let i = 0; i < 64; i++) {
    m <<= 1;
    if (bigCompare(NUM, DEN) >= 0) {
      bigSub(NUM, DEN);
      m |= 1;
    }
    bigShl(NUM, 1);
  }
  return rounded(m, e, !bigIsZero(NUM));
}

/** m / 2^63 · 2^e, with more behind it if `sticky`, rounded to a double. */
function rounded(m: u64, e: i32, sticky: bool): f64 {
  let drop: u32 = 11;
  let field = e + 1023;
  if (field <= 0) {
    drop += <u32>(1 - field);
    field = 0;
  }
  if (drop > 64) {
    store<u32>(RANGE, FLOAT_UNDERFLOW);
    return 0;
  }
  const kept: u64 = drop == 64 ? 0 : m >>> drop;
  const half: u64 = (<u64>1) << (drop - 1);
  const rest: u64 = drop == 64 ? m : m & ((half << 1) - 1);
  const inexact = rest != 0 || sticky;
  const up = rest > half || (rest == half && (sticky || (kept & 1) != 0));
  // the implicit bit carries into the exponent
  let bits: u64 = field > 0 ? ((<u64>(field - 1)) << 52) + kept : kept;
  if (up) bits++;
  if (field == 0 && inexact && bits < 0x10000000000000) store<u32>(RANGE, FLOAT_UNDERFLOW);
  if (bits >= 0x7ff0000000000000) {
    store<u32>(RANGE, FLOAT_OVERFLOW);
    return Infinity;
  }
  return reinterpret<f64>(bits);
}
