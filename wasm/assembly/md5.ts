/** MD5 (RFC 1321). Broken as a signature; Nix still reads and prints its digests. */
import { MD_STATE, mdPad, mdUpdate } from './merkle-damgard';

/** Bytes of a digest. */
export const MD5_SIZE: u32 = 16;
const BLOCK: u32 = 64;
/** Bytes of a context for `md5Init`. */
export const MD5_CTX_SIZE: u32 = 136;

const SCRATCH: usize = memory.data(136, 8);

/** Makes `ctx` (`MD5_CTX_SIZE` bytes) the state before the first byte. */
export function md5Init(ctx: usize): void {
  store<u64>(ctx, 0);
  const s = ctx + MD_STATE;
  store<u32>(s, 0x67452301, 0);
  store<u32>(s, 0xefcdab89, 4);
  store<u32>(s, 0x98badcfe, 8);
  store<u32>(s, 0x10325476, 12);
}

/** Takes in `len` bytes at `ptr`. */
export function md5Update(ctx: usize, ptr: usize, len: u32): void {
  mdUpdate(ctx, ptr, len, BLOCK, compress);
}

/** Writes the digest (16 bytes) to `out`; `ctx` must be initialised again before more. */
export function md5Final(ctx: usize, out: usize): void {
  mdPad(ctx, BLOCK, false, compress);
  memory.copy(out, ctx + MD_STATE, 16);
}

/** The MD5 of `len` bytes at `ptr`, written to `out` (16 bytes). */
export function md5(ptr: usize, len: u32, out: usize): void {
  md5Init(SCRATCH);
  md5Update(SCRATCH, ptr, len);
  md5Final(SCRATCH, out);
}

function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

function parity(x: u32, y: u32, z: u32): u32 {
  return x ^ y ^ z;
}

function mixed(x: u32, y: u32, z: u32): u32 {
  return y ^ (x | ~z);
}

// The added constants are floor(2^32 * |sin(i)|), i from 1 to 64.
// prettier-ignore
function compress(state: usize, data: usize, blocks: u32): void {
  let s0 = load<u32>(state, 0);
  let s1 = load<u32>(state, 4);
  let s2 = load<u32>(state, 8);
  let s3 = load<u32>(state, 12);
  for (; blocks != 0; blocks--) {
    const w0 = load<u32>(data, 0);
    const w1 = load<u32>(data, 4);
    const w2 = load<u32>(data, 8);
    const w3 = load<u32>(data, 12);
    const w4 = load<u32>(data, 16);
    const w5 = load<u32>(data, 20);
    const w6 = load<u32>(data, 24);
    const w7 = load<u32>(data, 28);
    const w8 = load<u32>(data, 32);
    const w9 = load<u32>(data, 36);
    const w10 = load<u32>(data, 40);
    const w11 = load<u32>(data, 44);
    const w12 = load<u32>(data, 48);
    const w13 = load<u32>(data, 52);
    const w14 = load<u32>(data, 56);
    const w15 = load<u32>(data, 60);
    data += 64;
    let a = s0;
    let b = s1;
    let c = s2;
    let d = s3;
    a = b + rotl<u32>(a + choose(b, c, d) + w0 + 0xd76aa478, 7);
    d = a + rotl<u32>(d + choose(a, b, c) + w1 + 0xe8c7b756, 12);
    c = d + rotl<u32>(c + choose(d, a, b) + w2 + 0x242070db, 17);
    b = c + rotl<u32>(b + choose(c, d, a) + w3 + 0xc1bdceee, 22);
    a = b + rotl<u32>(a + choose(b, c, d) + w4 + 0xf57c0faf, 7);
    d = a + rotl<u32>(d + choose(a, b, c) + w5 + 0x4787c62a, 12);
    c = d + rotl<u32>(c + choose(d, a, b) + w6 + 0xa8304613, 17);
    b = c + rotl<u32>(b + choose(c, d, a) + w7 + 0xfd469501, 22);
    a = b + rotl<u32>(a + choose(b, c, d) + w8 + 0x698098d8, 7);
    d = a + rotl<u32>(d + choose(a, b, c) + w9 + 0x8b44f7af, 12);
    c = d + rotl<u32>(c + choose(d, a, b) + w10 + 0xffff5bb1, 17);
    b = c + rotl<u32>(b + choose(c, d, a) + w11 + 0x895cd7be, 22);
    a = b + rotl<u32>(a + choose(b, c, d) + w12 + 0x6b901122, 7);
    d = a + rotl<u32>(d + choose(a, b, c) + w13 + 0xfd987193, 12);
    c = d + rotl<u32>(c + choose(d, a, b) + w14 + 0xa679438e, 17);
    b = c + rotl<u32>(b + choose(c, d, a) + w15 + 0x49b40821, 22);

    a = b + rotl<u32>(a + choose(d, b, c) + w1 + 0xf61e2562, 5);
    d = a + rotl<u32>(d + choose(c, a, b) + w6 + 0xc040b340, 9);
    c = d + rotl<u32>(c + choose(b, d, a) + w11 + 0x265e5a51, 14);
    b = c + rotl<u32>(b + choose(a, c, d) + w0 + 0xe9b6c7aa, 20);
    a = b + rotl<u32>(a + choose(d, b, c) + w5 + 0xd62f105d, 5);
    d = a + rotl<u32>(d + choose(c, a, b) + w10 + 0x02441453, 9);
    c = d + rotl<u32>(c + choose(b, d, a) + w15 + 0xd8a1e681, 14);
    b = c + rotl<u32>(b + choose(a, c, d) + w4 + 0xe7d3fbc8, 20);
    a = b + rotl<u32>(a + choose(d, b, c) + w9 + 0x21e1cde6, 5);
    d = a + rotl<u32>(d + choose(c, a, b) + w14 + 0xc33707d6, 9);
    c = d + rotl<u32>(c + choose(b, d, a) + w3 + 0xf4d50d87, 14);
    b = c + rotl<u32>(b + choose(a, c, d) + w8 + 0x455a14ed, 20);
    a = b + rotl<u32>(a + choose(d, b, c) + w13 + 0xa9e3e905, 5);
    d = a + rotl<u32>(d + choose(c, a, b) + w2 + 0xfcefa3f8, 9);
    c = d + rotl<u32>(c + choose(b, d, a) + w7 + 0x676f02d9, 14);
    b = c + rotl<u32>(b + choose(a, c, d) + w12 + 0x8d2a4c8a, 20);

    a = b + rotl<u32>(a + parity(b, c, d) + w5 + 0xfffa3942, 4);
    d = a + rotl<u32>(d + parity(a, b, c) + w8 + 0x8771f681, 11);
    c = d + rotl<u32>(c + parity(d, a, b) + w11 + 0x6d9d6122, 16);
    b = c + rotl<u32>(b + parity(c, d, a) + w14 + 0xfde5380c, 23);
    a = b + rotl<u32>(a + parity(b, c, d) + w1 + 0xa4beea44, 4);
    d = a + rotl<u32>(d + parity(a, b, c) + w4 + 0x4bdecfa9, 11);
    c = d + rotl<u32>(c + parity(d, a, b) + w7 + 0xf6bb4b60, 16);
    b = c + rotl<u32>(b + parity(c, d, a) + w10 + 0xbebfbc70, 23);
    a = b + rotl<u32>(a + parity(b, c, d) + w13 + 0x289b7ec6, 4);
    d = a + rotl<u32>(d + parity(a, b, c) + w0 + 0xeaa127fa, 11);
    c = d + rotl<u32>(c + parity(d, a, b) + w3 + 0xd4ef3085, 16);
    b = c + rotl<u32>(b + parity(c, d, a) + w6 + 0x04881d05, 23);
    a = b + rotl<u32>(a + parity(b, c, d) + w9 + 0xd9d4d039, 4);
    d = a + rotl<u32>(d + parity(a, b, c) + w12 + 0xe6db99e5, 11);
    c = d + rotl<u32>(c + parity(d, a, b) + w15 + 0x1fa27cf8, 16);
    b = c + rotl<u32>(b + parity(c, d, a) + w2 + 0xc4ac5665, 23);

    a = b + rotl<u32>(a + mixed(b, c, d) + w0 + 0xf4292244, 6);
    d = a + rotl<u32>(d + mixed(a, b, c) + w7 + 0x432aff97, 10);
    c = d + rotl<u32>(c + mixed(d, a, b) + w14 + 0xab9423a7, 15);
    b = c + rotl<u32>(b + mixed(c, d, a) + w5 + 0xfc93a039, 21);
    a = b + rotl<u32>(a + mixed(b, c, d) + w12 + 0x655b59c3, 6);
    d = a + rotl<u32>(d + mixed(a, b, c) + w3 + 0x8f0ccc92, 10);
    c = d + rotl<u32>(c + mixed(d, a, b) + w10 + 0xffeff47d, 15);
    b = c + rotl<u32>(b + mixed(c, d, a) + w1 + 0x85845dd1, 21);
    a = b + rotl<u32>(a + mixed(b, c, d) + w8 + 0x6fa87e4f, 6);
    d = a + rotl<u32>(d + mixed(a, b, c) + w15 + 0xfe2ce6e0, 10);
    c = d + rotl<u32>(c + mixed(d, a, b) + w6 + 0xa3014314, 15);
    b = c + rotl<u32>(b + mixed(c, d, a) + w13 + 0x4e0811a1, 21);
    a = b + rotl<u32>(a + mixed(b, c, d) + w4 + 0xf7537e82, 6);
    d = a + rotl<u32>(d + mixed(a, b, c) + w11 + 0xbd3af235, 10);
    c = d + rotl<u32>(c + mixed(d, a, b) + w2 + 0x2ad7d2bb, 15);
    b = c + rotl<u32>(b + mixed(c, d, a) + w9 + 0xeb86d391, 21);

    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
  }
  store<u32>(state, s0, 0);
  store<u32>(state, s1, 4);
  store<u32>(state, s2, 8);
  store<u32>(state, s3, 12);
}
