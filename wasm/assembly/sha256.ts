/** SHA-256 (FIPS 180-4, §4.1.2, §5.3.3 and §6.2). */
import { MD_STATE, mdPad, mdUpdate } from './merkle-damgard';

/** Bytes of a digest. */
export const SHA256_SIZE: u32 = 32;
const BLOCK: u32 = 64;
/** Bytes of a context for `sha256Init`. */
export const SHA256_CTX_SIZE: u32 = 136;

const SCRATCH: usize = memory.data(136, 8);

/** Makes `ctx` (`SHA256_CTX_SIZE` bytes) the state before the first byte. */
export function sha256Init(ctx: usize): void {
  store<u64>(ctx, 0);
  const s = ctx + MD_STATE;
  store<u32>(s, 0x6a09e667, 0);
  store<u32>(s, 0xbb67ae85, 4);
  store<u32>(s, 0x3c6ef372, 8);
  store<u32>(s, 0xa54ff53a, 12);
  store<u32>(s, 0x510e527f, 16);
  store<u32>(s, 0x9b05688c, 20);
  store<u32>(s, 0x1f83d9ab, 24);
  store<u32>(s, 0x5be0cd19, 28);
}

/** Takes in `len` bytes at `ptr`. */
export function sha256Update(ctx: usize, ptr: usize, len: u32): void {
  mdUpdate(ctx, ptr, len, BLOCK, compress);
}

/** Writes the digest (32 bytes) to `out`; `ctx` must be initialised again before more. */
export function sha256Final(ctx: usize, out: usize): void {
  mdPad(ctx, BLOCK, true, compress);
  for (let i: usize = 0; i < 32; i += 4) {
    store<u32>(out + i, bswap<u32>(load<u32>(ctx + MD_STATE + i)));
  }
}

/** The SHA-256 of `len` bytes at `ptr`, written to `out` (32 bytes). */
export function sha256(ptr: usize, len: u32, out: usize): void {
  sha256Init(SCRATCH);
  sha256Update(SCRATCH, ptr, len);
  sha256Final(SCRATCH, out);
}

// Rotations are nested: `ror(x, 2) ^ ror(x, 13) ^ ror(x, 22)` needs fewer registers this way, of which there are too few.
function bigSigma0(x: u32): u32 {
  return rotr<u32>(rotr<u32>(rotr<u32>(x, 9) ^ x, 11) ^ x, 2);
}

function bigSigma1(x: u32): u32 {
  return rotr<u32>(rotr<u32>(rotr<u32>(x, 14) ^ x, 5) ^ x, 6);
}

function sigma0(x: u32): u32 {
  return rotr<u32>(rotr<u32>(x, 11) ^ x, 7) ^ (x >> 3);
}

function sigma1(x: u32): u32 {
  return rotr<u32>(rotr<u32>(x, 2) ^ x, 17) ^ (x >> 10);
}

function choose(x: u32, y: u32, z: u32): u32 {
  return z ^ (x & (y ^ z));
}

/** The majority of x, y and z from `xy` = x ^ y and `yz` = y ^ z; the next round's `yz` is this one's `xy`. */
function majority(y: u32, xy: u32, yz: u32): u32 {
  return y ^ (xy & yz);
}

// The rounds are written out, a line each: the working variables change names instead of
// places, the message schedule is a ring of sixteen locals, and the round constants (the first
// bits of the fractional parts of the cube roots of the first 64 primes) are immediates.
// That, with the rotations and the majority as they are, is a third faster than a loop over a table.
// prettier-ignore
function compress(state: usize, data: usize, blocks: u32): void {
  let s0 = load<u32>(state, 0);
  let s1 = load<u32>(state, 4);
  let s2 = load<u32>(state, 8);
  let s3 = load<u32>(state, 12);
  let s4 = load<u32>(state, 16);
  let s5 = load<u32>(state, 20);
  let s6 = load<u32>(state, 24);
  let s7 = load<u32>(state, 28);
  for (; blocks != 0; blocks--) {
    let w0 = bswap<u32>(load<u32>(data, 0));
    let w1 = bswap<u32>(load<u32>(data, 4));
    let w2 = bswap<u32>(load<u32>(data, 8));
    let w3 = bswap<u32>(load<u32>(data, 12));
    let w4 = bswap<u32>(load<u32>(data, 16));
    let w5 = bswap<u32>(load<u32>(data, 20));
    let w6 = bswap<u32>(load<u32>(data, 24));
    let w7 = bswap<u32>(load<u32>(data, 28));
    let w8 = bswap<u32>(load<u32>(data, 32));
    let w9 = bswap<u32>(load<u32>(data, 36));
    let w10 = bswap<u32>(load<u32>(data, 40));
    let w11 = bswap<u32>(load<u32>(data, 44));
    let w12 = bswap<u32>(load<u32>(data, 48));
    let w13 = bswap<u32>(load<u32>(data, 52));
    let w14 = bswap<u32>(load<u32>(data, 56));
    let w15 = bswap<u32>(load<u32>(data, 60));
    data += 64;
    let a = s0;
    let b = s1;
    let c = s2;
    let d = s3;
    let e = s4;
    let f = s5;
    let g = s6;
    let h = s7;
    let p = b ^ c;
    let q: u32;
    h += bigSigma1(e) + choose(e, f, g) + 0x428a2f98 + w0; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0x71374491 + w1; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0xb5c0fbcf + w2; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0xe9b5dba5 + w3; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x3956c25b + w4; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0x59f111f1 + w5; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x923f82a4 + w6; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0xab1c5ed5 + w7; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);
    h += bigSigma1(e) + choose(e, f, g) + 0xd807aa98 + w8; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0x12835b01 + w9; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0x243185be + w10; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0x550c7dc3 + w11; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x72be5d74 + w12; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0x80deb1fe + w13; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x9bdc06a7 + w14; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0xc19bf174 + w15; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);

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

    h += bigSigma1(e) + choose(e, f, g) + 0xe49b69c1 + w0; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0xefbe4786 + w1; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0x0fc19dc6 + w2; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0x240ca1cc + w3; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x2de92c6f + w4; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0x4a7484aa + w5; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x5cb0a9dc + w6; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0x76f988da + w7; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);
    h += bigSigma1(e) + choose(e, f, g) + 0x983e5152 + w8; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0xa831c66d + w9; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0xb00327c8 + w10; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0xbf597fc7 + w11; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0xc6e00bf3 + w12; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0xd5a79147 + w13; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x06ca6351 + w14; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0x14292967 + w15; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);

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

    h += bigSigma1(e) + choose(e, f, g) + 0x27b70a85 + w0; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0x2e1b2138 + w1; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0x4d2c6dfc + w2; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0x53380d13 + w3; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x650a7354 + w4; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0x766a0abb + w5; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x81c2c92e + w6; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0x92722c85 + w7; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);
    h += bigSigma1(e) + choose(e, f, g) + 0xa2bfe8a1 + w8; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0xa81a664b + w9; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0xc24b8b70 + w10; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0xc76c51a3 + w11; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0xd192e819 + w12; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0xd6990624 + w13; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0xf40e3585 + w14; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0x106aa070 + w15; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);

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

    h += bigSigma1(e) + choose(e, f, g) + 0x19a4c116 + w0; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0x1e376c08 + w1; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0x2748774c + w2; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0x34b0bcb5 + w3; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x391c0cb3 + w4; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0x4ed8aa4a + w5; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0x5b9cca4f + w6; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0x682e6ff3 + w7; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);
    h += bigSigma1(e) + choose(e, f, g) + 0x748f82ee + w8; d += h; q = a ^ b; h += bigSigma0(a) + majority(b, q, p);
    g += bigSigma1(d) + choose(d, e, f) + 0x78a5636f + w9; c += g; p = h ^ a; g += bigSigma0(h) + majority(a, p, q);
    f += bigSigma1(c) + choose(c, d, e) + 0x84c87814 + w10; b += f; q = g ^ h; f += bigSigma0(g) + majority(h, q, p);
    e += bigSigma1(b) + choose(b, c, d) + 0x8cc70208 + w11; a += e; p = f ^ g; e += bigSigma0(f) + majority(g, p, q);
    d += bigSigma1(a) + choose(a, b, c) + 0x90befffa + w12; h += d; q = e ^ f; d += bigSigma0(e) + majority(f, q, p);
    c += bigSigma1(h) + choose(h, a, b) + 0xa4506ceb + w13; g += c; p = d ^ e; c += bigSigma0(d) + majority(e, p, q);
    b += bigSigma1(g) + choose(g, h, a) + 0xbef9a3f7 + w14; f += b; q = c ^ d; b += bigSigma0(c) + majority(d, q, p);
    a += bigSigma1(f) + choose(f, g, h) + 0xc67178f2 + w15; e += a; p = b ^ c; a += bigSigma0(b) + majority(c, p, q);

    s0 += a;
    s1 += b;
    s2 += c;
    s3 += d;
    s4 += e;
    s5 += f;
    s6 += g;
    s7 += h;
  }
  store<u32>(state, s0, 0);
  store<u32>(state, s1, 4);
  store<u32>(state, s2, 8);
  store<u32>(state, s3, 12);
  store<u32>(state, s4, 16);
  store<u32>(state, s5, 20);
  store<u32>(state, s6, 24);
  store<u32>(state, s7, 28);
}
