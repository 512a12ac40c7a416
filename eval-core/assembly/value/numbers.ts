/**
 * Numbers as text and back. Nix prints floats in three ways: `%g` in values (C++ streams), `%f` in `toString`
 * (std::to_string), and the digits of Grisu in JSON (value/grisu.ts).
 */
import { literalCopy } from '../heap/text';
import { bigBitLength, bigCompare, bigDivMod, bigDivSmall, bigIsZero, bigMulAdd, bigMulPow10, bigSet, bigShl } from './bignum';

export { formatFloatShortest } from './grisu';
export { FLOAT_EXACT, FLOAT_OVERFLOW, FLOAT_UNDERFLOW, parseFloat, parseFloatRange } from './strtod';

/** Room that any of the formatters may need. */
export const FLOAT_CHARS: u32 = 336;

const NUM: usize = memory.data(640, 8);
const DEN: usize = memory.data(640, 8);
const DIGITS: usize = memory.data(400);

/** Writes a decimal integer; returns its length (at most 20). */
export function formatInt(v: i64, dst: usize): u32 {
  if (v < 0) {
    store<u8>(dst, 0x2d);
    return 1 + formatUnsigned(0 - <u64>v, dst + 1);
  }
  return formatUnsigned(<u64>v, dst);
}
export function formatUnsigned(u: u64, dst: usize): u32 {
  let n: u32 = 0;
  let rest = u;
  do {
    n++;
    rest /= 10;
  } while (rest);
  for (let i = n; i-- > 0;) {
    store<u8>(dst + i, 0x30 + <u32>(u % 10));
    u /= 10;
  }
  return n;
}

/** Writes what is not a finite number as C does, or returns 0. */
function formatSpecial(x: f64, dst: usize): u32 {
  if (x - x == 0) return 0;
  let n: u32 = 0;
  if (reinterpret<i64>(x) < 0) {
    store<u8>(dst, 0x2d);
    n = 1;
  }
  return n + literalCopy(x != x ? 'nan' : 'inf', dst + n);
}

/** Sets NUM / DEN to |x| · 10^k. */
function setRatio(x: f64, k: i32): void {
  const bits = reinterpret<u64>(x);
  const field = <i32>((bits >>> 52) & 0x7ff);
  let m = bits & 0xfffffffffffff;
  if (field) m |= 0x10000000000000;
  const e = (field ? field : 1) - 1075;
  bigSet(NUM, m);
  bigSet(DEN, 1);
  if (k > 0) bigMulPow10(NUM, <u32>k);
  else bigMulPow10(DEN, <u32>-k);
  if (e > 0) bigShl(NUM, <u32>e);
  else bigShl(DEN, <u32>-e);
}

/** Whether the remainder in NUM of a division by DEN rounds the (odd or even) quotient up: half to even. */
function roundsUp(odd: bool): bool {
  bigShl(NUM, 1);
  const c = bigCompare(NUM, DEN);
  return c > 0 || (c == 0 && odd);
}

/** |x| · 10^k rounded to an integer, half to even; it must be below 2^31. */
function scaled(x: f64, k: i32): u32 {
  setRatio(x, k);
  const q = bigDivMod(NUM, DEN);
  if (bigIsZero(NUM)) return q;
  // the division leaves its divisor as it was: shifted up and down again
  return roundsUp((q & 1) != 0) ? q + 1 : q;
}

/** `%g`: six significant digits, no trailing zeros. */
export function formatFloatG(x: f64, dst: usize): u32 {
  let n = formatSpecial(x, dst);
  if (n) return n;
  if (reinterpret<i64>(x) < 0) {
    store<u8>(dst, 0x2d);
    n = 1;
  }
  if (x == 0) {
    store<u8>(dst + n, 0x30);
    return n + 1;
  }
  let k = decimalExponent(x);
  let q = scaled(x, 5 - k);
  if (q < 100000) {
    k--;
    q = scaled(x, 5 - k);
  }
  while (q >= 1000000) {
    k++;
    q = scaled(x, 5 - k);
  }
  let count: u32 = 6;
  while (count > 1 && q % 10 == 0) {
    q /= 10;
    count--;
  }
  formatUnsigned(q, DIGITS);
  return n + (k < -4 || k >= 6 ? formatScientific(dst + n, count, k) : formatFixed(dst + n, count, k));
}

/** floor(log10 |x|), or one off. */
function decimalExponent(x: f64): i32 {
  const bits = reinterpret<u64>(x);
  const field = <i32>((bits >>> 52) & 0x7ff);
  const m = bits & 0xfffffffffffff;
  const e = field ? field - 1023 : -1011 - <i32>clz<u64>(m);
  return <i32>Math.floor(<f64>e * 0.3010299956639812);
}

/** Copies `count` digits with a point behind the first, and the exponent `k` of at least two digits. */
function formatScientific(dst: usize, count: u32, k: i32): u32 {
  store<u8>(dst, load<u8>(DIGITS));
  let n: u32 = 1;
  if (count > 1) {
    store<u8>(dst + 1, 0x2e);
    memory.copy(dst + 2, DIGITS + 1, count - 1);
    n = count + 1;
  }
  store<u8>(dst + n, 0x65);
  store<u8>(dst + n + 1, k < 0 ? 0x2d : 0x2b);
  n += 2;
  const e: u32 = k < 0 ? <u32>-k : <u32>k;
  if (e < 10) store<u8>(dst + n++, 0x30);
  return n + formatUnsigned(<u64>e, dst + n);
}

/** Copies `count` digits of which the first stands for 10^k, with zeros and a point where they are needed. */
function formatFixed(dst: usize, count: u32, k: i32): u32 {
  if (k < 0) {
    store<u8>(dst, 0x30);
    store<u8>(dst + 1, 0x2e);
    memory.fill(dst + 2, 0x30, <u32>(-k - 1));
    memory.copy(dst + 1 + <u32>-k, DIGITS, count);
    return 1 + <u32>-k + count;
  }
  const whole = <u32>k + 1;
  if (count <= whole) {
    memory.copy(dst, DIGITS, count);
    memory.fill(dst + count, 0x30, whole - count);
    return whole;
  }
  memory.copy(dst, DIGITS, whole);
  store<u8>(dst + whole, 0x2e);
  memory.copy(dst + whole + 1, DIGITS + whole, count - whole);
  return count + 1;
}

/** `%f`: six digits behind the point; at most FLOAT_CHARS bytes. */
export function formatFloatF(x: f64, dst: usize): u32 {
  let n = formatSpecial(x, dst);
  if (n) return n;
  if (reinterpret<i64>(x) < 0) {
    store<u8>(dst, 0x2d);
    n = 1;
  }
  const a = Math.abs(x);
  let count: u32;
  if (a < 2000) {
    count = formatUnsigned(<u64>scaled(x, 6), DIGITS);
  } else {
    setRatio(x, 6);
    count = wideDigits();
  }
  // at least one digit before the point
  const pad: u32 = count < 7 ? 7 - count : 0;
  memory.fill(dst + n, 0x30, pad);
  memory.copy(dst + n + pad, DIGITS, count);
  const total = n + pad + count;
  memory.copy(dst + total - 5, dst + total - 6, 6);
  store<u8>(dst + total - 6, 0x2e);
  return total + 1;
}

/** NUM / DEN, DEN a power of two, rounded to an integer whose digits go to DIGITS. */
function wideDigits(): u32 {
  roundByShift();
  let n: u32 = 0;
  while (!bigIsZero(NUM)) {
    let group = bigDivSmall(NUM, 1000000000);
    for (let i = 0; i < 9 && (group || !bigIsZero(NUM)); i++) {
      store<u8>(DIGITS + n++, 0x30 + (group % 10));
      group /= 10;
    }
  }
  for (let i: u32 = 0; i < n >>> 1; i++) {
    const c = load<u8>(DIGITS + i);
    store<u8>(DIGITS + i, load<u8>(DIGITS + (n - 1 - i)));
    store<u8>(DIGITS + (n - 1 - i), c);
  }
  return n;
}

/** NUM = NUM / DEN for a DEN of 2^s, s < 62: half to even. */
function roundByShift(): void {
  const s = bigBitLength(DEN) - 1;
  if (!s) return;
  const first: u32 = s < 31 ? s : 31;
  let rem = <u64>bigDivSmall(NUM, 1 << first);
  if (s > first) rem |= (<u64>bigDivSmall(NUM, 1 << (s - first))) << first;
  const half = (<u64>1) << (s - 1);
  const odd = (load<u32>(NUM, 4) & 1) != 0;
  if (rem > half || (rem == half && odd)) bigMulAdd(NUM, 1, 1);
}

/** Set by `parseInt64`. */
const INT_OVERFLOW: usize = memory.data(4);
export function intOverflowed(): bool {
  return load<u32>(INT_OVERFLOW) != 0;
}
/** A decimal integer with an optional sign; the digits have been checked. See `intOverflowed`. */
export function parseInt64(ptr: usize, len: u32): i64 {
  store<u32>(INT_OVERFLOW, 0);
  const sign = len ? <u32>load<u8>(ptr) : 0;
  const negative = sign == 0x2d;
  const end = ptr + len;
  if (negative || sign == 0x2b) ptr++;
  const limit: u64 = negative ? 0x8000000000000000 : 0x7fffffffffffffff;
  let v: u64 = 0;
  for (; ptr < end; ptr++) {
    const d = <u64>load<u8>(ptr) - 0x30;
    if (v > limit / 10 || v * 10 > limit - d) {
      store<u32>(INT_OVERFLOW, 1);
      return 0;
    }
    v = v * 10 + d;
  }
  return negative ? <i64>(0 - v) : <i64>v;
}
