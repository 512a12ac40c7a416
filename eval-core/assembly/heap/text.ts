/**
 * Byte buffers and literals. AssemblyScript's string literals are static UTF-16 objects: they are used as a way to
 * write ASCII text in the source, copied a byte a character, and never allocated at run time.
 *
 *   Buf: | data address | length | capacity |   (12 bytes in a static block; data is a page run that grows)
 */
import { pagesAlloc, pagesFree } from './pages';

export const BUF_BYTES: usize = 12;

// @ts-ignore: decorator
@inline
export function bufData(b: usize): usize {
  return <usize>load<u32>(b);
}
// @ts-ignore: decorator
@inline
export function bufLen(b: usize): u32 {
  return load<u32>(b, 4);
}
// @ts-ignore: decorator
@inline
export function bufSetLen(b: usize, len: u32): void {
  store<u32>(b, len, 4);
}

/** Empties the buffer, and gives an unusually large one back. */
export function bufReset(b: usize): void {
  store<u32>(b, 0, 4);
  const cap = <usize>load<u32>(b, 8);
  if (cap > 8 << 20) {
    pagesFree(<usize>load<u32>(b), cap);
    store<u32>(b, 0);
    store<u32>(b, 0, 8);
  }
}

/** Makes room for `more` bytes and returns the address behind the last byte written. */
export function bufReserve(b: usize, more: u32): usize {
  const len = load<u32>(b, 4);
  const cap = load<u32>(b, 8);
  if (len + more > cap) {
    let want: u32 = cap ? cap * 2 : 65536;
    while (want < len + more) want = want * 2;
    const data = pagesAlloc(want);
    if (cap) {
      memory.copy(data, <usize>load<u32>(b), len);
      pagesFree(<usize>load<u32>(b), cap);
    }
    store<u32>(b, <u32>data);
    store<u32>(b, want, 8);
  }
  return <usize>load<u32>(b) + len;
}

export function bufByte(b: usize, c: u32): void {
  store<u8>(bufReserve(b, 1), c);
  store<u32>(b, load<u32>(b, 4) + 1, 4);
}

export function bufBytes(b: usize, ptr: usize, len: u32): void {
  memory.copy(bufReserve(b, len), ptr, len);
  store<u32>(b, load<u32>(b, 4) + len, 4);
}

/** Appends an ASCII literal. */
export function bufStr(b: usize, s: string): void {
  const n = <u32>s.length;
  const src = changetype<usize>(s);
  const dst = bufReserve(b, n);
  for (let i: u32 = 0; i < n; i++) store<u8>(dst + i, load<u8>(src + ((<usize>i) << 1)));
  store<u32>(b, load<u32>(b, 4) + n, 4);
}

/** Appends a decimal number. */
export function bufI64(b: usize, v: i64): void {
  let u: u64 = v < 0 ? 0 - <u64>v : <u64>v;
  if (v < 0) bufByte(b, 0x2d);
  const digits = memory.data(24);
  let n: u32 = 0;
  do {
    store<u8>(digits + n, 0x30 + <u32>(u % 10));
    u /= 10;
    n++;
  } while (u);
  const dst = bufReserve(b, n);
  for (let i: u32 = 0; i < n; i++) store<u8>(dst + i, load<u8>(digits + (n - 1 - i)));
  store<u32>(b, load<u32>(b, 4) + n, 4);
}

/** Copies an ASCII literal to `dst`, a byte a character; returns its length. */
export function literalCopy(s: string, dst: usize): u32 {
  const n = <u32>s.length;
  const src = changetype<usize>(s);
  for (let i: u32 = 0; i < n; i++) store<u8>(dst + i, load<u8>(src + ((<usize>i) << 1)));
  return n;
}

/** Whether the bytes are those of an ASCII literal. */
export function bytesAre(ptr: usize, len: u32, s: string): bool {
  if (len != <u32>s.length) return false;
  const src = changetype<usize>(s);
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) != load<u8>(src + ((<usize>i) << 1))) return false;
  return true;
}

/** Whether the bytes begin with an ASCII literal. */
export function bytesStart(ptr: usize, len: u32, s: string): bool {
  return len >= <u32>s.length && bytesAre(ptr, <u32>s.length, s);
}

/** Byte-wise order, as `std::string::compare`: negative, 0, positive. */
export function bytesCompare(a: usize, aLen: u32, b: usize, bLen: u32): i32 {
  const n = aLen < bLen ? aLen : bLen;
  const c = memory.compare(a, b, n);
  if (c) return c;
  return aLen == bLen ? 0 : aLen < bLen ? -1 : 1;
}
