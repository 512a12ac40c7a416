/**
 * Unsigned big integers of up to 5,088 bits, for exact conversions between binary and decimal floating point.
 *
 *   | number of limbs | limb (u32), least significant first … |        the highest limb is not 0
 */
export const BIG_LIMBS: u32 = 159;
export const BIG_BYTES: usize = 640;

// @ts-ignore: decorator
@inline
function limb(b: usize, i: u32): u32 {
  return load<u32>(b + ((<usize>i) << 2), 4);
}
// @ts-ignore: decorator
@inline
function setLimb(b: usize, i: u32, v: u32): void {
  store<u32>(b + ((<usize>i) << 2), v, 4);
}
function trim(b: usize, n: u32): void {
  while (n && !limb(b, n - 1)) n--;
  store<u32>(b, n);
}

export function bigSet(b: usize, v: u64): void {
  setLimb(b, 0, <u32>v);
  setLimb(b, 1, <u32>(v >>> 32));
  trim(b, 2);
}
export function bigIsZero(b: usize): bool {
  return !load<u32>(b);
}

/** b = b · factor + addend */
export function bigMulAdd(b: usize, factor: u32, addend: u32): void {
  const n = load<u32>(b);
  let carry = <u64>addend;
  for (let i: u32 = 0; i < n; i++) {
    carry += <u64>limb(b, i) * <u64>factor;
    setLimb(b, i, <u32>carry);
    carry >>>= 32;
  }
  if (!carry) return;
  setLimb(b, n, <u32>carry);
  store<u32>(b, n + 1);
}

/** b = b · 10^k */
export function bigMulPow10(b: usize, k: u32): void {
  for (; k >= 9; k -= 9) bigMulAdd(b, 1000000000, 0);
  for (; k; k--) bigMulAdd(b, 10, 0);
}

/** b = b · 2^bits */
export function bigShl(b: usize, bits: u32): void {
  const n = load<u32>(b);
  if (!n || !bits) return;
  const words = bits >>> 5;
  const s = bits & 31;
  setLimb(b, n, 0);
  for (let i = n + 1; i-- > 0;) {
    const low: u32 = i ? limb(b, i - 1) : 0;
    setLimb(b, i + words, s ? (limb(b, i) << s) | (low >>> (32 - s)) : limb(b, i));
  }
  for (let i: u32 = 0; i < words; i++) setLimb(b, i, 0);
  trim(b, n + words + 1);
}

export function bigBitLength(b: usize): u32 {
  const n = load<u32>(b);
  return n ? (n << 5) - <u32>clz<u32>(limb(b, n - 1)) : 0;
}

export function bigCompare(a: usize, b: usize): i32 {
  const n = load<u32>(a);
  const m = load<u32>(b);
  if (n != m) return n < m ? -1 : 1;
  for (let i = n; i-- > 0;) {
    const x = limb(a, i);
    const y = limb(b, i);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/** a = a - b, where a >= b */
export function bigSub(a: usize, b: usize): void {
  const n = load<u32>(a);
  const m = load<u32>(b);
  let borrow: i64 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = <i64>limb(a, i) - (i < m ? <i64>limb(b, i) : 0) + borrow;
    setLimb(a, i, <u32>d);
    borrow = d >> 32;
  }
  trim(a, n);
}

/** b = b / d; returns the remainder. */
export function bigDivSmall(b: usize, d: u32): u32 {
  const n = load<u32>(b);
  let rem: u64 = 0;
  for (let i = n; i-- > 0;) {
    rem = (rem << 32) | (<u64>limb(b, i));
    setLimb(b, i, <u32>(rem / d));
    rem %= d;
  }
  trim(b, n);
  return <u32>rem;
}

/** Quotient (below 2^32) of a / b, by long division in binary; the remainder is left in a, b is destroyed. */
export function bigDivMod(a: usize, b: usize): u32 {
  const la = bigBitLength(a);
  const lb = bigBitLength(b);
  if (la < lb) return 0;
  const shift = la - lb;
  let q: u32 = 0;
  bigShl(b, shift);
  for (let i: u32 = 0; i <= shift; i++) {
    q <<= 1;
    if (bigCompare(a, b) >= 0) {
      bigSub(a, b);
      q |= 1;
    }
    if (i < shift) bigShr1(b);
  }
  return q;
}
function bigShr1(b: usize): void {
  const n = load<u32>(b);
  for (let i: u32 = 0; i < n; i++) {
    const high: u32 = i + 1 < n ? limb(b, i + 1) : 0;
    setLimb(b, i, (limb(b, i) >>> 1) | (high << 31));
  }
  trim(b, n);
}
