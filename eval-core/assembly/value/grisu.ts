/**
 * Doubles as JSON text: the digits of Grisu2 (F. Loitsch, "Printing floating-point numbers quickly and accurately with integers",
 * PLDI 2010, figure 6) with the exponent range [-60, -32], as the JSON library of Nix has it. It always reads back as the same number,
 * and is the shortest such text in all but a few cases: those must be equal too.
 */
import { literalCopy } from '../heap/text';

/** 10^k for k = -300, -292 … 324: significands of 64 bits, and binary exponents. */
const POWERS: usize = memory.data<u64>([
  0xab70fe17c79ac6ca, 0xff77b1fcbebcdc4f, 0xbe5691ef416bd60c, 0x8dd01fad907ffc3c, 0xd3515c2831559a83, 0x9d71ac8fada6c9b5,
  0xea9c227723ee8bcb, 0xaecc49914078536d, 0x823c12795db6ce57, 0xc21094364dfb5637, 0x9096ea6f3848984f, 0xd77485cb25823ac7,
  0xa086cfcd97bf97f4, 0xef340a98172aace5, 0xb23867fb2a35b28e, 0x84c8d4dfd2c63f3b, 0xc5dd44271ad3cdba, 0x936b9fcebb25c996,
  0xdbac6c247d62a584, 0xa3ab66580d5fdaf6, 0xf3e2f893dec3f126, 0xb5b5ada8aaff80b8, 0x87625f056c7c4a8b, 0xc9bcff6034c13053,
  0x964e858c91ba2655, 0xdff9772470297ebd, 0xa6dfbd9fb8e5b88f, 0xf8a95fcf88747d94, 0xb94470938fa89bcf, 0x8a08f0f8bf0f156b,
  0xcdb02555653131b6, 0x993fe2c6d07b7fac, 0xe45c10c42a2b3b06, 0xaa242499697392d3, 0xfd87b5f28300ca0e, 0xbce5086492111aeb,
  0x8cbccc096f5088cc, 0xd1b71758e219652c, 0x9c40000000000000, 0xe8d4a51000000000, 0xad78ebc5ac620000, 0x813f3978f8940984,
  0xc097ce7bc90715b3, 0x8f7e32ce7bea5c70, 0xd5d238a4abe98068, 0x9f4f2726179a2245, 0xed63a231d4c4fb27, 0xb0de65388cc8ada8,
  0x83c7088e1aab65db, 0xc45d1df942711d9a, 0x924d692ca61be758, 0xda01ee641a708dea, 0xa26da3999aef774a, 0xf209787bb47d6b85,
  0xb454e4a179dd1877, 0x865b86925b9bc5c2, 0xc83553c5c8965d3d, 0x952ab45cfa97a0b3, 0xde469fbd99a05fe3, 0xa59bc234db398c25,
  0xf6c69a72a3989f5c, 0xb7dcbf5354e9bece, 0x88fcf317f22241e2, 0xcc20ce9bd35c78a5, 0x98165af37b2153df, 0xe2a0b5dc971f303a,
  0xa8d9d1535ce3b396, 0xfb9b7cd9a4a7443c, 0xbb764c4ca7a44410, 0x8bab8eefb6409c1a, 0xd01fef10a657842c, 0x9b10a4e5e9913129,
  0xe7109bfba19c0c9d, 0xac2820d9623bf429, 0x80444b5e7aa7cf85, 0xbf21e44003acdd2d, 0x8e679c2f5e44ff8f, 0xd433179d9c8cb841,
  0x9e19db92b4e31ba9,
]);
const EXPONENTS: usize = memory.data<i16>([
  -1060, -1034, -1007, -980, -954, -927, -901, -874, -847, -821, -794, -768, -741, -715, -688, -661, -635, -608, -582, -555, -529, -502,
  -475, -449, -422, -396, -369, -343, -316, -289, -263, -236, -210, -183, -157, -130, -103, -77, -50, -24, 3, 30, 56, 83, 109, 136, 162,
  189, 216, 242, 269, 295, 322, 348, 375, 402, 428, 455, 481, 508, 534, 561, 588, 614, 641, 667, 694, 720, 747, 774, 800, 827, 853, 880,
  907, 933, 960, 986, 1013,
]);
const ALPHA: i32 = -60;

const DIGITS: usize = memory.data(32);
/** The decimal exponent of the last digit. */
const EXPONENT: usize = memory.data(4);

/** The high 64 bits of the product of two significands, rounded. */
function mulHigh(x: u64, y: u64): u64 {
  const xl = x & 0xffffffff;
  const xh = x >>> 32;
  const yl = y & 0xffffffff;
  const yh = y >>> 32;
  const low = xl * yl;
  const a = xl * yh;
  const b = xh * yl;
  const middle = (low >>> 32) + (a & 0xffffffff) + (b & 0xffffffff) + 0x80000000;
  return xh * yh + (a >>> 32) + (b >>> 32) + (middle >>> 32);
}

/** Finds the digits of a positive number: DIGITS and EXPONENT. Returns how many. */
function digitsOf(x: f64): u32 {
  const bits = reinterpret<u64>(x);
  const field = <i32>(bits >>> 52);
  const fraction = bits & 0xfffffffffffff;
  const m = field ? fraction | 0x10000000000000 : fraction;
  const e = field ? field - 1075 : -1074;
  // the middles between x and its neighbours, with the exponent of the upper one normalised
  const narrow = fraction == 0 && field > 1;
  const upper = 2 * m + 1;
  const shift = <i32>clz<u64>(upper);
  const plus = upper << shift;
  const exponent = e - 1 - shift;
  const minus = (narrow ? 4 * m - 1 : 2 * m - 1) << (narrow ? shift - 1 : shift);
  const v = m << (shift + 1);

  const f = ALPHA - exponent - 1;
  const k = ((f * 78913) >> 18) + (f > 0 ? 1 : 0) + (f < 0 && (f * 78913) % 262144 != 0 ? 1 : 0);
  const index = (300 + k + 7) / 8;
  const power = load<u64>(POWERS + ((<usize>index) << 3));
  const one = <u32>-(exponent + <i32>load<i16>(EXPONENTS + ((<usize>index) << 1)) + 64);
  const high = mulHigh(plus, power) - 1;
  const low = mulHigh(minus, power) + 1;
  store<i32>(EXPONENT, 300 - 8 * index);
  return generate(high, mulHigh(v, power), high - low, one);
}

/** Writes digits of `high` until what is left is less than `delta`, then steps towards `value`. */
function generate(high: u64, value: u64, delta: u64, one: u32): u32 {
  const mask = ((<u64>1) << one) - 1;
  let distance = high - value;
  let whole = <u32>(high >>> one);
  let rest = high & mask;
  let n: u32 = 0;
  let power: u32 = 1000000000;
  let left = 10;
  while (left > 1 && whole < power) {
    power /= 10;
    left--;
  }
  while (left > 0) {
    store<u8>(DIGITS + n++, 0x30 + whole / power);
    whole %= power;
    left--;
    const remaining = ((<u64>whole) << one) + rest;
    if (remaining <= delta) {
      addExponent(left);
      roundDown(n, distance, delta, remaining, (<u64>power) << one);
      return n;
    }
    power /= 10;
  }
  let places = 0;
  do {
    rest *= 10;
    store<u8>(DIGITS + n++, 0x30 + <u32>(rest >>> one));
    rest &= mask;
    places++;
    delta *= 10;
    distance *= 10;
  } while (rest > delta);
  addExponent(-places);
  roundDown(n, distance, delta, rest, (<u64>1) << one);
  return n;
}
function addExponent(by: i32): void {
  store<i32>(EXPONENT, load<i32>(EXPONENT) + by);
}
/** Decrements the last digit while that comes closer to the value. */
function roundDown(n: u32, distance: u64, delta: u64, rest: u64, unit: u64): void {
  const last = DIGITS + n - 1;
  while (rest < distance && delta - rest >= unit && (rest + unit < distance || distance - rest > rest + unit - distance)) {
    store<u8>(last, load<u8>(last) - 1);
    rest += unit;
  }
}

/** A JSON number; `null` where there is none. At most 26 bytes. */
export function formatFloatShortest(x: f64, dst: usize): u32 {
  if (x - x != 0) return literalCopy('null', dst);
  if (reinterpret<i64>(x) < 0) {
    store<u8>(dst, 0x2d);
    return 1 + formatPositive(-x, dst + 1);
  }
  return formatPositive(x, dst);
}
function formatPositive(x: f64, dst: usize): u32 {
  if (x == 0) return literalCopy('0.0', dst);
  const n = digitsOf(x);
  // the point stands behind `point` digits
  const point = <i32>n + load<i32>(EXPONENT);
  if (point > 15 || point <= -4) return formatExponent(dst, n, point - 1);
  if (point <= 0) {
    literalCopy('0.000', dst);
    memory.copy(dst + 2 + <u32>-point, DIGITS, n);
    return 2 + <u32>-point + n;
  }
  const whole = <u32>point;
  if (whole >= n) {
    memory.copy(dst, DIGITS, n);
    memory.fill(dst + n, 0x30, whole - n);
    return whole + literalCopy('.0', dst + whole);
  }
  memory.copy(dst, DIGITS, whole);
  store<u8>(dst + whole, 0x2e);
  memory.copy(dst + whole + 1, DIGITS + whole, n - whole);
  return n + 1;
}
/** `d.ddde±xx` */
function formatExponent(dst: usize, n: u32, exponent: i32): u32 {
  store<u8>(dst, load<u8>(DIGITS));
  let out = dst + 1;
  if (n > 1) {
    store<u8>(out, 0x2e);
    memory.copy(out + 1, DIGITS + 1, n - 1);
    out += n;
  }
  store<u8>(out, 0x65);
  store<u8>(out + 1, exponent < 0 ? 0x2d : 0x2b);
  out += 2;
  let k: u32 = exponent < 0 ? <u32>-exponent : <u32>exponent;
  if (k >= 100) {
    store<u8>(out++, 0x30 + k / 100);
    k %= 100;
  }
  store<u8>(out, 0x30 + k / 10);
  store<u8>(out + 1, 0x30 + (k % 10));
  return <u32>(out + 2 - dst);
}
