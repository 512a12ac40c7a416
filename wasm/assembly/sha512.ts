/** SHA-512 (FIPS 180-4, §4.1.3, §5.3.5 and §6.4). */
import { MD_STATE, mdPad, mdUpdate } from './merkle-damgard';

/** Bytes of a digest. */
export const SHA512_SIZE: u32 = 64;
const BLOCK: u32 = 128;
/** Bytes of a context for `sha512Init`. */
export const SHA512_CTX_SIZE: u32 = 200;

const SCRATCH: usize = memory.data(200, 8);

/** Makes `ctx` (`SHA512_CTX_SIZE` bytes) the state before the first byte. */
export function sha512Init(ctx: usize): void {
  store<u64>(ctx, 0);
  const s = ctx + MD_STATE;
  store<u64>(s, 0x6a09e667f3bcc908, 0);
  store<u64>(s, 0xbb67ae8584caa73b, 8);
  store<u64>(s, 0x3c6ef372fe94f82b, 16);
  store<u64>(s, 0xa54ff53a5f1d36f1, 24);
  store<u64>(s, 0x510e527fade682d1, 32);
  store<u64>(s, 0x9b05688c2b3e6c1f, 40);
  store<u64>(s, 0x1f83d9abfb41bd6b, 48);
  store<u64>(s, 0x5be0cd19137e2179, 56);
}

/** Takes in `len` bytes at `ptr`. */
export function sha512Update(ctx: usize, ptr: usize, len: u32): void {
  mdUpdate(ctx, ptr, len, BLOCK, compress);
}

/** Writes the digest (64 bytes) to `out`; `ctx` must be initialised again before more. */
export function sha512Final(ctx: usize, out: usize): void {
  mdPad(ctx, BLOCK, true, compress);
  for (let i: usize = 0; i < 64; i += 8) {
    store<u64>(out + i, bswap<u64>(load<u64>(ctx + MD_STATE + i)));
  }
}

/** The SHA-512 of `len` bytes at `ptr`, written to `out` (64 bytes). */
export function sha512(ptr: usize, len: u32, out: usize): void {
  sha512Init(SCRATCH);
  sha512Update(SCRATCH, ptr, len);
  sha512Final(SCRATCH, out);
}

function bigSigma0(x: u64): u64 {
  return rotr<u64>(x, 28) ^ rotr<u64>(x, 34) ^ rotr<u64>(x, 39);
}

function bigSigma1(x: u64): u64 {
  return rotr<u64>(x, 14) ^ rotr<u64>(x, 18) ^ rotr<u64>(x, 41);
}

function sigma0(x: u64): u64 {
  return rotr<u64>(x, 1) ^ rotr<u64>(x, 8) ^ (x >> 7);
}

function sigma1(x: u64): u64 {
  return rotr<u64>(x, 19) ^ rotr<u64>(x, 61) ^ (x >> 6);
}

function choose(x: u64, y: u64, z: u64): u64 {
  return z ^ (x & (y ^ z));
}

function majority(x: u64, y: u64, z: u64): u64 {
  return (x & y) | (z & (x | y));
}

// The rounds are written out, a line each: the working variables change names instead of
// places, the message schedule is a ring of sixteen locals, and the round constants (the first
// bits of the fractional parts of the cube roots of the first 80 primes) are immediates.
// That is a sixth faster than a loop over a table.
// prettier-ignore
function compress(state: usize, data: usize, blocks: u32): void {
  let s0 = load<u64>(state, 0);
  let s1 = load<u64>(state, 8);
  let s2 = load<u64>(state, 16);
  let s3 = load<u64>(state, 24);
  let s4 = load<u64>(state, 32);
  let s5 = load<u64>(state, 40);
  let s6 = load<u64>(state, 48);
  let s7 = load<u64>(state, 56);
  for (; blocks != 0; blocks--) {
    let w0 = bswap<u64>(load<u64>(data, 0));
    let w1 = bswap<u64>(load<u64>(data, 8));
    let w2 = bswap<u64>(load<u64>(data, 16));
    let w3 = bswap<u64>(load<u64>(data, 24));
    let w4 = bswap<u64>(load<u64>(data, 32));
    let w5 = bswap<u64>(load<u64>(data, 40));
    let w6 = bswap<u64>(load<u64>(data, 48));
    let w7 = bswap<u64>(load<u64>(data, 56));
    let w8 = bswap<u64>(load<u64>(data, 64));
    let w9 = bswap<u64>(load<u64>(data, 72));
    let w10 = bswap<u64>(load<u64>(data, 80));
    let w11 = bswap<u64>(load<u64>(data, 88));
    let w12 = bswap<u64>(load<u64>(data, 96));
    let w13 = bswap<u64>(load<u64>(data, 104));
    let w14 = bswap<u64>(load<u64>(data, 112));
    let w15 = bswap<u64>(load<u64>(data, 120));
    data += 128;
    let a = s0;
    let b = s1;
    let c = s2;
    let d = s3;
    let e = s4;
    let f = s5;
    let g = s6;
    let h = s7;
    h += bigSigma1(e) + choose(e, f, g) + 0x428a2f98d728ae22 + w0; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x7137449123ef65cd + w1; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0xb5c0fbcfec4d3b2f + w2; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0xe9b5dba58189dbbc + w3; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x3956c25bf348b538 + w4; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x59f111f1b605d019 + w5; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x923f82a4af194f9b + w6; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0xab1c5ed5da6d8118 + w7; e += a; a += bigSigma0(b) + majority(b, c, d);
    h += bigSigma1(e) + choose(e, f, g) + 0xd807aa98a3030242 + w8; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x12835b0145706fbe + w9; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x243185be4ee4b28c + w10; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x550c7dc3d5ffb4e2 + w11; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x72be5d74f27b896f + w12; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x80deb1fe3b1696b1 + w13; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x9bdc06a725c71235 + w14; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0xc19bf174cf692694 + w15; e += a; a += bigSigma0(b) + majority(b, c, d);

    w0 += sigma0(w1) + w9 + sigma1(w14);
    w1 += sigma0(w2) + w10 + sigma1(w15);
    w2 += sigma0(w3) + w11 + sigma1(w0);
    w3 += sigma0(w4) + w12 + sigma1(w1);
    w4 += sigma0(w5) + w13 + sigma1(w2);
    w5 += sigma0(w6) + w14 + sigma1(w3);
    w6 += sigma0(w7) + w15 + sigma1(w4);
    w7 += sigma0(w8) + w0 + sigma1(w5);
    w8 += sigma0(w9) + w1 + sigma1(w6);
    w9 += sigma0(w10) + w2 + sigma1(w7);
    w10 += sigma0(w11) + w3 + sigma1(w8);
    w11 += sigma0(w12) + w4 + sigma1(w9);
    w12 += sigma0(w13) + w5 + sigma1(w10);
    w13 += sigma0(w14) + w6 + sigma1(w11);
    w14 += sigma0(w15) + w7 + sigma1(w12);
    w15 += sigma0(w0) + w8 + sigma1(w13);

    h += bigSigma1(e) + choose(e, f, g) + 0xe49b69c19ef14ad2 + w0; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0xefbe4786384f25e3 + w1; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x0fc19dc68b8cd5b5 + w2; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x240ca1cc77ac9c65 + w3; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x2de92c6f592b0275 + w4; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x4a7484aa6ea6e483 + w5; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x5cb0a9dcbd41fbd4 + w6; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x76f988da831153b5 + w7; e += a; a += bigSigma0(b) + majority(b, c, d);
    h += bigSigma1(e) + choose(e, f, g) + 0x983e5152ee66dfab + w8; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0xa831c66d2db43210 + w9; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0xb00327c898fb213f + w10; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0xbf597fc7beef0ee4 + w11; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0xc6e00bf33da88fc2 + w12; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0xd5a79147930aa725 + w13; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x06ca6351e003826f + w14; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x142929670a0e6e70 + w15; e += a; a += bigSigma0(b) + majority(b, c, d);

    w0 += sigma0(w1) + w9 + sigma1(w14);
    w1 += sigma0(w2) + w10 + sigma1(w15);
    w2 += sigma0(w3) + w11 + sigma1(w0);
    w3 += sigma0(w4) + w12 + sigma1(w1);
    w4 += sigma0(w5) + w13 + sigma1(w2);
    w5 += sigma0(w6) + w14 + sigma1(w3);
    w6 += sigma0(w7) + w15 + sigma1(w4);
    w7 += sigma0(w8) + w0 + sigma1(w5);
    w8 += sigma0(w9) + w1 + sigma1(w6);
    w9 += sigma0(w10) + w2 + sigma1(w7);
    w10 += sigma0(w11) + w3 + sigma1(w8);
    w11 += sigma0(w12) + w4 + sigma1(w9);
    w12 += sigma0(w13) + w5 + sigma1(w10);
    w13 += sigma0(w14) + w6 + sigma1(w11);
    w14 += sigma0(w15) + w7 + sigma1(w12);
    w15 += sigma0(w0) + w8 + sigma1(w13);

    h += bigSigma1(e) + choose(e, f, g) + 0x27b70a8546d22ffc + w0; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x2e1b21385c26c926 + w1; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x4d2c6dfc5ac42aed + w2; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x53380d139d95b3df + w3; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x650a73548baf63de + w4; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x766a0abb3c77b2a8 + w5; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x81c2c92e47edaee6 + w6; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x92722c851482353b + w7; e += a; a += bigSigma0(b) + majority(b, c, d);
    h += bigSigma1(e) + choose(e, f, g) + 0xa2bfe8a14cf10364 + w8; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0xa81a664bbc423001 + w9; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0xc24b8b70d0f89791 + w10; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0xc76c51a30654be30 + w11; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0xd192e819d6ef5218 + w12; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0xd69906245565a910 + w13; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0xf40e35855771202a + w14; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x106aa07032bbd1b8 + w15; e += a; a += bigSigma0(b) + majority(b, c, d);

    w0 += sigma0(w1) + w9 + sigma1(w14);
    w1 += sigma0(w2) + w10 + sigma1(w15);
    w2 += sigma0(w3) + w11 + sigma1(w0);
    w3 += sigma0(w4) + w12 + sigma1(w1);
    w4 += sigma0(w5) + w13 + sigma1(w2);
    w5 += sigma0(w6) + w14 + sigma1(w3);
    w6 += sigma0(w7) + w15 + sigma1(w4);
    w7 += sigma0(w8) + w0 + sigma1(w5);
    w8 += sigma0(w9) + w1 + sigma1(w6);
    w9 += sigma0(w10) + w2 + sigma1(w7);
    w10 += sigma0(w11) + w3 + sigma1(w8);
    w11 += sigma0(w12) + w4 + sigma1(w9);
    w12 += sigma0(w13) + w5 + sigma1(w10);
    w13 += sigma0(w14) + w6 + sigma1(w11);
    w14 += sigma0(w15) + w7 + sigma1(w12);
    w15 += sigma0(w0) + w8 + sigma1(w13);

    h += bigSigma1(e) + choose(e, f, g) + 0x19a4c116b8d2d0c8 + w0; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x1e376c085141ab53 + w1; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x2748774cdf8eeb99 + w2; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x34b0bcb5e19b48a8 + w3; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x391c0cb3c5c95a63 + w4; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x4ed8aa4ae3418acb + w5; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x5b9cca4f7763e373 + w6; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x682e6ff3d6b2b8a3 + w7; e += a; a += bigSigma0(b) + majority(b, c, d);
    h += bigSigma1(e) + choose(e, f, g) + 0x748f82ee5defb2fc + w8; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x78a5636f43172f60 + w9; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x84c87814a1f0ab72 + w10; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x8cc702081a6439ec + w11; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x90befffa23631e28 + w12; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0xa4506cebde82bde9 + w13; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0xbef9a3f7b2c67915 + w14; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0xc67178f2e372532b + w15; e += a; a += bigSigma0(b) + majority(b, c, d);

    w0 += sigma0(w1) + w9 + sigma1(w14);
    w1 += sigma0(w2) + w10 + sigma1(w15);
    w2 += sigma0(w3) + w11 + sigma1(w0);
    w3 += sigma0(w4) + w12 + sigma1(w1);
    w4 += sigma0(w5) + w13 + sigma1(w2);
    w5 += sigma0(w6) + w14 + sigma1(w3);
    w6 += sigma0(w7) + w15 + sigma1(w4);
    w7 += sigma0(w8) + w0 + sigma1(w5);
    w8 += sigma0(w9) + w1 + sigma1(w6);
    w9 += sigma0(w10) + w2 + sigma1(w7);
    w10 += sigma0(w11) + w3 + sigma1(w8);
    w11 += sigma0(w12) + w4 + sigma1(w9);
    w12 += sigma0(w13) + w5 + sigma1(w10);
    w13 += sigma0(w14) + w6 + sigma1(w11);
    w14 += sigma0(w15) + w7 + sigma1(w12);
    w15 += sigma0(w0) + w8 + sigma1(w13);

    h += bigSigma1(e) + choose(e, f, g) + 0xca273eceea26619c + w0; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0xd186b8c721c0c207 + w1; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0xeada7dd6cde0eb1e + w2; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0xf57d4f7fee6ed178 + w3; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x06f067aa72176fba + w4; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x0a637dc5a2c898a6 + w5; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x113f9804bef90dae + w6; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x1b710b35131c471b + w7; e += a; a += bigSigma0(b) + majority(b, c, d);
    h += bigSigma1(e) + choose(e, f, g) + 0x28db77f523047d84 + w8; d += h; h += bigSigma0(a) + majority(a, b, c);
    g += bigSigma1(d) + choose(d, e, f) + 0x32caab7b40c72493 + w9; c += g; g += bigSigma0(h) + majority(h, a, b);
    f += bigSigma1(c) + choose(c, d, e) + 0x3c9ebe0a15c9bebc + w10; b += f; f += bigSigma0(g) + majority(g, h, a);
    e += bigSigma1(b) + choose(b, c, d) + 0x431d67c49c100d4c + w11; a += e; e += bigSigma0(f) + majority(f, g, h);
    d += bigSigma1(a) + choose(a, b, c) + 0x4cc5d4becb3e42b6 + w12; h += d; d += bigSigma0(e) + majority(e, f, g);
    c += bigSigma1(h) + choose(h, a, b) + 0x597f299cfc657e2a + w13; g += c; c += bigSigma0(d) + majority(d, e, f);
    b += bigSigma1(g) + choose(g, h, a) + 0x5fcb6fab3ad6faec + w14; f += b; b += bigSigma0(c) + majority(c, d, e);
    a += bigSigma1(f) + choose(f, g, h) + 0x6c44198c4a475817 + w15; e += a; a += bigSigma0(b) + majority(b, c, d);

    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
    s4 += e;
    s5 += f;
    s6 += g;
    s7 += h;
  }
  store<u64>(state, s0, 0);
  store<u64>(state, s1, 8);
  store<u64>(state, s2, 16);
  store<u64>(state, s3, 24);
  store<u64>(state, s4, 32);
  store<u64>(state, s5, 40);
  store<u64>(state, s6, 48);
  store<u64>(state, s7, 56);
}
