/**
 * Base 64 (RFC 4648 §4) as Nix reads and writes it: written with padding and no line breaks; read with
 * line feeds skipped, up to the first '=' or the end, whatever bits are left over.
 */

// prettier-ignore
const DIGITS: usize = memory.data<u8>([
  0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, // A-M
  0x4e, 0x4f, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, // N-Z
  0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, // a-m
  0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, // n-z
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x2b, 0x2f, // 0-9 + /
]);

const PAD: u32 = 0x3d;
const LINE_FEED: u32 = 0x0a;

/** How many characters `len` bytes become, padding included. */
export function base64EncodedLength(len: u32): u32 {
  return ((len + 2) / 3) * 4;
}

/** No fewer bytes than `len` characters can decode to. */
export function base64DecodedBound(len: u32): u32 {
  return (len / 4) * 3 + 2;
}

/** Writes `len` bytes as `base64EncodedLength(len)` characters; answers how many. */
export function base64Encode(src: usize, len: u32, dst: usize): u32 {
  const start = dst;
  const end = src + len;
  for (; src + 3 <= end; src += 3) {
    const group = ((<u32>load<u8>(src, 0)) << 16) | ((<u32>load<u8>(src, 1)) << 8) | load<u8>(src, 2);
    writeGroup(dst, group);
    dst += 4;
  }
  const rest = <u32>(end - src);
  if (rest != 0) {
    const second = rest == 2 ? (<u32>load<u8>(src, 1)) << 8 : 0;
    writeGroup(dst, ((<u32>load<u8>(src, 0)) << 16) | second);
    if (rest == 1) store<u8>(dst, PAD, 2);
    store<u8>(dst, PAD, 3);
    dst += 4;
  }
  return <u32>(dst - start);
}

function writeGroup(dst: usize, group: u32): void {
  store<u8>(dst, load<u8>(DIGITS + (group >> 18)), 0);
  store<u8>(dst, load<u8>(DIGITS + ((group >> 12) & 63)), 1);
  store<u8>(dst, load<u8>(DIGITS + ((group >> 6) & 63)), 2);
  store<u8>(dst, load<u8>(DIGITS + (group & 63)), 3);
}

/** Reads `len` characters into at most `base64DecodedBound(len)` bytes; answers how many, -1 for a bad character. */
export function base64Decode(src: usize, len: u32, dst: usize): i32 {
  let pending: u32 = 0;
  let bits: u32 = 0;
  let written: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const char = <u32>load<u8>(src + i);
    if (char == PAD) break;
    if (char == LINE_FEED) continue;
    const digit = base64Digit(char);
    if (digit < 0) return -1;
    pending = (pending << 6) | digit;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    store<u8>(dst + written, pending >> bits);
    written++;
  }
  return written;
}

/** The value of a digit, or -1. */
export function base64Digit(char: u32): i32 {
  if (char - 0x41 < 26) return char - 0x41;
  if (char - 0x61 < 26) return char - 0x61 + 26;
  if (char - 0x30 < 10) return char - 0x30 + 52;
  if (char == 0x2b) return 62;
  return char == 0x2f ? 63 : -1;
}
