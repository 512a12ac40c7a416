/** Canonical paths, as CanonPath in Nix: absolute, no empty segment, no `.`, `..` resolved by text alone. */
import { mkPath } from '../value/layout';
import { bufData, bufReserve, bufReset } from '../heap/text';

const OUT: usize = memory.data(12);

/** Canonicalises bytes into a path value. */
export function canonPath(ptr: usize, len: u32, accessor: usize): usize {
  bufReset(OUT);
  const out = bufReserve(OUT, len + 2);
  const n = canonInto(ptr, len, out);
  return mkPath(out, n, accessor);
}
/** Writes the canonical form to `out` (room for len + 1 bytes); returns its length. */
export function canonInto(ptr: usize, len: u32, out: usize): u32 {
  let n: u32 = 0;
  let i: u32 = 0;
  while (i < len) {
    while (i < len && load<u8>(ptr + i) == 0x2f) i++;
    if (i >= len) break;
    let j = i;
    while (j < len && load<u8>(ptr + j) != 0x2f) j++;
    const seg = j - i;
    if (seg == 1 && load<u8>(ptr + i) == 0x2e) {
      // `.`
    } else if (seg == 2 && load<u8>(ptr + i) == 0x2e && load<u8>(ptr + i + 1) == 0x2e) {
      while (n > 0 && load<u8>(out + n - 1) != 0x2f) n--;
      if (n > 0) n--;
    } else {
      store<u8>(out + n, 0x2f);
      memory.copy(out + n + 1, ptr + i, seg);
      n += seg + 1;
    }
    i = j;
  }
  if (!n) {
    store<u8>(out, 0x2f);
    n = 1;
  }
  return n;
}
