/** Small helpers for bytes. */

/** Orders byte strings as memcmp does, shorter first where one begins the other. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && compareBytes(a, b) === 0;

/** Base 16, as messages and files name digests. */
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

/** A digest as a key of a Map: a character a byte. */
export const digestKey = (digest: Uint8Array): string => Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('latin1');

export const digestOfKey = (key: string): Uint8Array => new Uint8Array(Buffer.from(key, 'latin1'));

/** Bytes as text for messages: what is not UTF-8 is replaced. */
export const shown = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
