// What the suite of the Wasm room works on.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { NarWriter, type WasmHashes } from '../../wasm/js/index.ts';

export interface Input {
  name: string;
  bytes: Uint8Array;
}

const large = 16 * 1024 * 1024;

/** Noise, a program, and text, as much of each. */
export function inputs(): Input[] {
  const program = fs.readFileSync(process.execPath).subarray(0, large);
  const words = Buffer.from(Array.from({ length: 4096 }, () => crypto.randomBytes(9).toString('base64')).join(' '));
  return [
    { name: 'noise', bytes: crypto.randomBytes(large) },
    { name: 'program', bytes: program },
    { name: 'text', bytes: Buffer.alloc(large, words) },
  ];
}

const digits = '0123456789abcdfghijklmnpqrsvwxyz';

/** As many hash parts of store paths. */
export function hashParts(count: number): string[] {
  return Array.from({ length: count }, () => Array.from(crypto.randomBytes(32), (byte) => digits[byte & 31]).join(''));
}

const name = (index: number) => Buffer.from(`file-${String(index).padStart(6, '0')}`);

/** An archive of `count` files of `size` bytes. */
export function archive(wasm: WasmHashes, count: number, size: number): Uint8Array {
  const pieces: Uint8Array[] = [];
  writeArchive(wasm, count, new Uint8Array(size), (bytes) => pieces.push(bytes.slice()));
  return Buffer.concat(pieces);
}

export function writeArchive(wasm: WasmHashes, count: number, contents: Uint8Array, emit: (bytes: Uint8Array) => void): void {
  const writer = new NarWriter(wasm, emit);
  writer.directory(new Uint8Array());
  for (let i = 0; i < count; i++) {
    writer.file(name(i), contents.length, false);
    writer.data(contents);
  }
  writer.endDirectory();
  writer.end();
}
