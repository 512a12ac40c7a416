/** JSON's strings and numbers (RFC 8259), as Nix writes them: only what must be escaped is. */
import { bufByte, bufLen, bufReserve, bufSetLen, bufStr } from '../heap/text';
import { formatFloatShortest } from '../value/numbers';

/** `0a` */
export function bufHexByte(b: usize, c: u32, letters: u32): void {
  bufByte(b, hexDigit(c >>> 4, letters));
  bufByte(b, hexDigit(c & 15, letters));
}
function hexDigit(d: u32, letters: u32): u32 {
  return d < 10 ? 0x30 + d : letters + d - 10;
}
export const LOWER_A: u32 = 0x61;
export const UPPER_A: u32 = 0x41;

/** A JSON string of these bytes, which are taken to be UTF-8. */
export function bufJsonString(b: usize, ptr: usize, len: u32): void {
  bufByte(b, 0x22);
  let from: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c >= 0x20 && c != 0x22 && c != 0x5c) continue;
    bufCopy(b, ptr + from, i - from);
    bufEscaped(b, c);
    from = i + 1;
  }
  bufCopy(b, ptr + from, len - from);
  bufByte(b, 0x22);
}
function bufCopy(b: usize, ptr: usize, len: u32): void {
  memory.copy(bufReserve(b, len), ptr, len);
  bufSetLen(b, bufLen(b) + len);
}
function bufEscaped(b: usize, c: u32): void {
  bufByte(b, 0x5c);
  switch (c) {
    case 8:
      bufByte(b, 0x62);
      break;
    case 9:
      bufByte(b, 0x74);
      break;
    case 10:
      bufByte(b, 0x6e);
      break;
    case 12:
      bufByte(b, 0x66);
      break;
    case 13:
      bufByte(b, 0x72);
      break;
    case 0x22:
    case 0x5c:
      bufByte(b, c);
      break;
    default:
      bufStr(b, 'u00');
      bufHexByte(b, c, LOWER_A);
  }
}

/** A number, or `null` where JSON has none. */
export function bufJsonFloat(b: usize, x: f64): void {
  bufSetLen(b, bufLen(b) + formatFloatShortest(x, bufReserve(b, 32)));
}
