/** Nix's three encodings of bytes as text. Decoders answer undefined for text that is not in the encoding. */

/** A way to write bytes as text. */
export interface Encoding {
  /** How many characters `size` bytes become. */
  encodedLength(size: number): number;
  encode(bytes: Uint8Array): string;
  decode(text: string): Uint8Array | undefined;
}

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Base 16 (RFC 4648 §8), written in lower case and read in either. */
export const base16: Encoding = {
  encodedLength: (size) => size * 2,
  encode(bytes) {
    let text = '';
    for (const byte of bytes) text += hexDigits[byte];
    return text;
  },
  decode(text) {
    if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
    return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
  },
};

const nix32Digits = '0123456789abcdfghijklmnpqrsvwxyz';
const nix32Values = valuesOf(nix32Digits);

/** Nix's base 32 (Nix manual, "Nix32 encoding"): one little-endian number, its most significant digit first. */
export const nix32: Encoding = {
  encodedLength: (size) => Math.ceil((size * 8) / 5),
  encode(bytes) {
    let text = '';
    let pending = 0;
    let bits = 0;
    for (const byte of bytes) {
      pending |= byte << bits;
      for (bits += 8; bits >= 5; bits -= 5) {
        text = nix32Digits[pending & 31] + text;
        pending >>>= 5;
      }
    }
    return bits > 0 ? nix32Digits[pending] + text : text;
  },
  decode(text) {
    const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
    let pending = 0;
    let bits = 0;
    let size = 0;
    for (let i = text.length - 1; i >= 0; i--) {
      const digit = nix32Values.get(text.charCodeAt(i));
      if (digit === undefined) return undefined;
      pending |= digit << bits;
      bits += 5;
      if (bits < 8) continue;
      bytes[size++] = pending;
      pending >>>= 8;
      bits -= 8;
    }
    return pending === 0 ? bytes : undefined;
  },
};

const base64Digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base64Values = valuesOf(base64Digits);

/** Base 64 (RFC 4648 §4): written with padding; read with line feeds skipped, up to the first '=', whatever bits are left. */
export const base64: Encoding = {
  encodedLength: (size) => Math.ceil(size / 3) * 4,
  encode(bytes) {
    let text = '';
    for (let i = 0; i < bytes.length; i += 3) {
      const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
      text += base64Digits[group >> 18]! + base64Digits[(group >> 12) & 63];
      text += i + 1 < bytes.length ? base64Digits[(group >> 6) & 63] : '=';
      text += i + 2 < bytes.length ? base64Digits[group & 63] : '=';
    }
    return text;
  },
  decode(text) {
    const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
    let pending = 0;
    let bits = 0;
    let size = 0;
    for (const char of text) {
      if (char === '=') break;
      if (char === '\n') continue;
      const digit = base64Values.get(char.charCodeAt(0));
      if (digit === undefined) return undefined;
      pending = ((pending << 6) | digit) & 0xfff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      bytes[size++] = pending >> bits;
    }
    return bytes.slice(0, size);
  },
};

function valuesOf(digits: string): ReadonlyMap<number, number> {
  return new Map([...digits].map((digit, value) => [digit.charCodeAt(0), value]));
}
