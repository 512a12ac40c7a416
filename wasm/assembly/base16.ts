/** Base 16 (RFC 4648 §8), written in lower case and read in either. */

// prettier-ignore
const DIGITS: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
]);

/** How many characters `len` bytes become. */
export function base16EncodedLength(len: u32): u32 {
  return len * 2;
}

/** Writes `len` bytes as `2 * len` characters; answers how many. */
export function base16Encode(src: usize, len: u32, dst: usize): u32 {
  for (let i: u32 = 0; i < len; i++) {
    const byte = <u32>load<u8>(src + i);
    store<u8>(dst + i * 2, load<u8>(DIGITS + (byte >> 4)), 0);
    store<u8>(dst + i * 2, load<u8>(DIGITS + (byte & 15)), 1);
  }
  return len * 2;
}

/** Reads `len` characters; the number of bytes, or -1 for an odd length or a character that is no digit. */
export function base16Decode(src: usize, len: u32, dst: usize): i32 {
  if (len & 1) return -1;
  for (let i: u32 = 0; i < len; i += 2) {
    const high = base16Digit(load<u8>(src + i, 0));
    const low = base16Digit(load<u8>(src + i, 1));
    if ((high | low) < 0) return -1;
    store<u8>(dst + (i >> 1), (high << 4) | low);
  }
  return len >> 1;
}

/** The value of a hexadecimal digit, or -1. */
export function base16Digit(char: u32): i32 {
  if (char - 0x30 < 10) return char - 0x30;
  const letter = (char | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : -1;
}
