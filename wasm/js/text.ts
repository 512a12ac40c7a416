// Nix's strings are bytes. Where they are JavaScript strings, each byte that is not part of valid UTF-8 stands as a lone surrogate
// U+DC80 … U+DCFF (as in PEP 383), so that texts and file names of any bytes survive the way there and back.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
const ESCAPE = 0xdc00;

/** Length of the well-formed UTF-8 sequence at `i` (RFC 3629, section 4), or 0. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const at = (k: number) => bytes[i + k] ?? 0;
  const tail = (k: number) => (at(k) & 0xc0) === 0x80;
  const first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const second = at(1);
    const low = first === 0xe0 ? 0xa0 : 0x80;
    const high = first === 0xed ? 0x9f : 0xbf;
    return second >= low && second <= high && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const second = at(1);
    const low = first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xf4 ? 0x8f : 0xbf;
    return second >= low && second <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

function decodeEscaping(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    if (i > start) text += strict.decode(bytes.subarray(start, i));
    text += String.fromCharCode(ESCAPE + bytes[i]!);
    i += 1;
    start = i;
  }
  return start < i ? text + strict.decode(bytes.subarray(start, i)) : text;
}

/** Bytes as a string; bytes that are not UTF-8 become lone surrogates. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return decodeEscaping(bytes);
  }
}

const escaped = /[\udc80-\udcff]/;

/** The bytes of a string that `decodeText` may have made. */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (!escaped.test(text)) return encoder.encode(text);
  const parts: Uint8Array[] = [];
  let plain = '';
  // By code points: a surrogate that is half of a pair is no escape.
  for (const point of text) {
    const code = point.codePointAt(0)!;
    if (code < 0xdc80 || code > 0xdcff) {
      plain += point;
      continue;
    }
    parts.push(encoder.encode(plain), Uint8Array.of(code - ESCAPE));
    plain = '';
  }
  parts.push(encoder.encode(plain));
  return joinBytes(parts);
}

/** Several byte arrays as one. */
export function joinBytes(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
