/** UTF-8 as Unicode defines it (The Unicode Standard, table 3-7): no surrogates, no overlong forms, up to U+10FFFF. */

export const UTF8_VALID: i32 = -1;
/** the text ends within a character */
export const UTF8_CUT: i32 = -2;

/** Index of the first byte that cannot stand where it is, UTF8_CUT, or UTF8_VALID. */
export function utf8Check(ptr: usize, len: u32): i32 {
  let i: u32 = 0;
  while (i < len) {
    while (i + 8 <= len && !(load<u64>(ptr + i) & 0x8080808080808080)) i += 8;
    if (i >= len) break;
    const c = <u32>load<u8>(ptr + i);
    i++;
    if (c < 0x80) continue;
    const more = utf8Continuations(c);
    if (!more) return <i32>(i - 1);
    for (let k: u32 = 0; k < more; k++, i++) {
      if (i >= len) return UTF8_CUT;
      if (!utf8Follows(c, k, <u32>load<u8>(ptr + i))) return <i32>i;
    }
  }
  return UTF8_VALID;
}

/** How many bytes follow a first byte of a character of several; 0 where it cannot be one. */
export function utf8Continuations(first: u32): u32 {
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}
/** Whether `b` can be the byte behind a first byte and `k` others. */
export function utf8Follows(first: u32, k: u32, b: u32): bool {
  let low: u32 = 0x80;
  let high: u32 = 0xbf;
  if (!k) {
    if (first == 0xe0) low = 0xa0;
    else if (first == 0xed) high = 0x9f;
    else if (first == 0xf0) low = 0x90;
    else if (first == 0xf4) high = 0x8f;
  }
  return b >= low && b <= high;
}

/** Writes a character; returns its length. */
export function utf8Encode(c: u32, dst: usize): u32 {
  if (c < 0x80) {
    store<u8>(dst, c);
    return 1;
  }
  if (c < 0x800) {
    store<u8>(dst, 0xc0 | (c >>> 6));
    store<u8>(dst, 0x80 | (c & 63), 1);
    return 2;
  }
  if (c < 0x10000) {
    store<u8>(dst, 0xe0 | (c >>> 12));
    store<u8>(dst, 0x80 | ((c >>> 6) & 63), 1);
    store<u8>(dst, 0x80 | (c & 63), 2);
    return 3;
  }
  store<u8>(dst, 0xf0 | (c >>> 18));
  store<u8>(dst, 0x80 | ((c >>> 12) & 63), 1);
  store<u8>(dst, 0x80 | ((c >>> 6) & 63), 2);
  store<u8>(dst, 0x80 | (c & 63), 3);
  return 4;
}
