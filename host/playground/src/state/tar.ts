// All files in one: the tar format (POSIX ustar; names that do not fit, or are not ASCII, have a pax header before them).
import type { Contents } from './workspace.ts';

const block = 512;
const encoder = new TextEncoder();

function header(name: string, size: number, type: '0' | 'x'): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number) => bytes.set(encoder.encode(text), at);
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0');
  bytes.set(encoder.encode(name).subarray(0, 100));
  put(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 100);
  // The sum is taken with spaces in its own place.
  put(`        ${type}`, 148);
  put('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148);
  return bytes;
}

const padded = (contents: Uint8Array): Uint8Array[] => [contents, new Uint8Array((block - (contents.length % block)) % block)];

/** `LENGTH path=NAME\n`, where the length counts itself. */
function paxRecord(name: string): Uint8Array {
  const rest = encoder.encode(` path=${name}\n`).length;
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return encoder.encode(`${length} path=${name}\n`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII
const isPlain = (name: string) => name.length <= 100 && /^[\x00-\x7f]*$/.test(name);

function entry(name: string, contents: Contents): Uint8Array[] {
  const bytes = typeof contents === 'string' ? encoder.encode(contents) : contents;
  const record = paxRecord(name);
  const before = isPlain(name) ? [] : [header('pax', record.length, 'x'), ...padded(record)];
  return [...before, header(name, bytes.length, '0'), ...padded(bytes)];
}

export function tarOf(files: readonly { name: string; contents: Contents }[]): Blob {
  const parts = [...files.flatMap(({ name, contents }) => entry(name, contents)), new Uint8Array(2 * block)];
  return new Blob(parts as Uint8Array<ArrayBuffer>[], { type: 'application/x-tar' });
}
