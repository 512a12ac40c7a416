/**
 * Nix's base 32 (Nix manual, "Nix32 encoding"): the bytes are one little-endian
 * number, written with the most significant digit first. The alphabet leaves
 * out e, o, t and u.
 */

// prettier-ignore
const DIGITS: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, // 0-9
  0x61, 0x62, 0x63, 0x64, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, // a-d f-l
  0x6d, 0x6e, 0x70, 0x71, 0x72, 0x73, 0x76, 0x77, 0x78, 0x79, 0x7a, // m-n p-s v-z
]);

// The values of the letters a-z; 255 where a letter is no digit.
// prettier-ignore
const LETTERS: usize = memory.data<u8>([
  10, 11, 12, 13, 255, 14, 15, 16, 17, 18, 19, 20, 21, 22, 255, 23, 24, 25, 26, 255, 255, 27, 28, 29, 30, 31,
]);

/** How many characters `len` bytes become. */
export function nix32EncodedLength(len: u32): u32 {
  return (len * 8 + 4) / 5;
}

/** How many bytes `len` characters can fill; the bits beyond must be zero. */
export function nix32DecodedLength(len: u32): u32 {
  return (len * 5) / 8;
}

/** Writes `len` bytes as `nix32EncodedLength(len)` characters; answers how many. */
export function nix32Encode(src: usize, len: u32, dst: usize): u32 {
  const chars = nix32EncodedLength(len);
  let pending: u32 = 0;
  let bits: u32 = 0;
  let next: u32 = 0;
  for (let i = chars; i-- != 0;) {
    if (bits < 5) {
      if (next < len) pending |= (<u32>load<u8>(src + next)) << bits;
      next++;
      bits += 8;
    }
    store<u8>(dst + i, load<u8>(DIGITS + (pending & 31)));
    pending >>= 5;
    bits -= 5;
  }
  return chars;
}

/**
 * Reads `len` characters into `nix32DecodedLength(len)` bytes, answers how many;
 * -1 for a character that is no digit or a number too large for these bytes.
 */
export function nix32Decode(src: usize, len: u32, dst: usize): i32 {
  let pending: u32 = 0;
  let bits: u32 = 0;
  let written: u32 = 0;
  for (let i = len; i-- != 0;) {
    const digit = nix32Digit(load<u8>(src + i));
    if (digit < 0) return -1;
    pending |= (<u32>digit) << bits;
    bits += 5;
    if (bits >= 8) {
      store<u8>(dst + written, pending);
      written++;
      pending >>= 8;
      bits -= 8;
    }
  }
  return pending != 0 ? -1 : written;
}

/** The value of a digit, or -1. */
export function nix32Digit(char: u32): i32 {
  if (char - 0x30 < 10) return char - 0x30;
  if (char - 0x61 >= 26) return -1;
  const value = load<u8>(LETTERS + (char - 0x61));
  return value == 255 ? -1 : value;
}
