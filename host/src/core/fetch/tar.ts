// Archives in the tar format (POSIX.1-2017 pax and ustar; GNU tar manual, "Basic Tar Format"), read from memory. It uses nothing of a runtime, and
// what it reads may come from anywhere: nothing that a header says is believed before it was checked.
import { decodeText } from '@vixen/eval-core';
import { fetchError } from './input.ts';

export type TarEntry =
  | { type: 'file'; path: string; contents: Uint8Array; executable: boolean }
  | { type: 'folder'; path: string }
  | { type: 'symlink'; path: string; target: string }
  /** The same file as another, earlier one. */
  | { type: 'link'; path: string; target: string };

const block = 512;
const longestName = 4096;
const longestPax = 2 ** 20;
const ownerExecutes = 0o100;

const at = {
  name: [0, 100],
  mode: [100, 8],
  size: [124, 12],
  sum: [148, 8],
  link: [157, 100],

  prefix: [345, 155],
} as const;
type Field = keyof typeof at;

const failed = (what: string) => fetchError(`Failed to extract archive (${what})`);
const unknownFormat = () => fetchError('Failed to open archive (Unrecognized archive format)');

const field = (header: Uint8Array, name: Field) => header.subarray(at[name][0], at[name][0] + at[name][1]);

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A number in octal digits, or, where the first bit is set, the rest in base 256 (GNU). */
function numberOf(bytes: Uint8Array): number {
  if (bytes[0]! & 0x80) {
    // The second highest bit is the sign's.
    const value = bytes.slice(1).reduce((total, byte) => total * 256 + byte, bytes[0]! & 0x7f);
    if (bytes[0] !== 0x80 || !Number.isSafeInteger(value)) throw failed('a number is out of range');
    return value;
  }
  const digits = textOf(bytes).trim();
  if (!/^[0-7]*$/.test(digits)) throw failed('a number is damaged');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

/** The sum of a header's bytes, its own field read as spaces. Old writers have summed signed bytes. */
function hasItsSum(header: Uint8Array): boolean {
  const digits = textOf(field(header, 'sum')).trim();
  if (!/^[0-7]+$/.test(digits)) return false;
  const [from, length] = at.sum;
  let unsigned = 0;
  let signed = 0;
  for (const [i, byte] of header.entries()) {
    const value = i >= from && i < from + length ? 0x20 : byte;
    unsigned += value;
    signed += value > 127 ? value - 256 : value;
  }
  const sum = Number.parseInt(digits, 8);
  return sum === unsigned || sum === signed;
}

/** Records `LENGTH key=value\n`, the length in bytes with itself. */
function paxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < bytes.length && bytes[start] !== 0; ) {
    const space = bytes.indexOf(0x20, start);
    const digits = space < 0 ? '' : decodeText(bytes.subarray(start, space));
    const length = /^[1-9]\d{0,7}$/.test(digits) ? Number(digits) : 0;
    const end = start + length;
    const equals = bytes.indexOf(0x3d, space);
    if (end > bytes.length || equals < 0 || equals >= end - 1 || bytes[end - 1] !== 0x0a) throw failed('an extended header is damaged');
    records.set(decodeText(bytes.subarray(space + 1, equals)), decodeText(bytes.subarray(equals + 1, end - 1)));
    start = end;
  }
  return records;
}

/** What headers before an entry say of it. */
interface Said {
  path?: string | undefined;
  link?: string | undefined;
  size?: number | undefined;
}

class TarReader {
  readonly #bytes: Uint8Array;
  #offset = 0;
  #global: Said = {};
  #said: Said = {};

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  *entries(): Generator<TarEntry, void, void> {
    for (let header = this.#header(); header; header = this.#header()) {
      const entry = this.#entry(header);
      if (entry) yield entry;
    }
  }

  /** The next header; undefined at the end, which two blocks of zeros mark. Some writers leave them out. */
  #header(): Uint8Array | undefined {
    const start = this.#offset;
    if (start === this.#bytes.length && start > 0) return undefined;
    const header = this.#bytes.subarray(start, start + block);
    const isFirst = start === 0;
    if (header.length < block) throw isFirst ? unknownFormat() : failed('Truncated tar archive');
    this.#offset += block;
    if (header.every((byte) => byte === 0)) {
      if (isFirst && this.#bytes.subarray(0, 2 * block).some((byte) => byte !== 0)) throw unknownFormat();
      return undefined;
    }
    if (!hasItsSum(header)) throw isFirst ? unknownFormat() : failed('Damaged tar archive');
    return header;
  }

  #entry(header: Uint8Array): TarEntry | undefined {
    const type = String.fromCharCode(header[156]!);
    if (type === 'x' || type === 'g') return this.#extended(type, header);
    if (type === 'L' || type === 'K') {
      const text = textOf(this.#data(numberOf(field(header, 'size')), longestPax));
      this.#said = { ...this.#said, [type === 'L' ? 'path' : 'link']: text };
      return undefined;
    }
    const said = { ...this.#global, ...this.#said };
    this.#said = {};
    const size = said.size ?? numberOf(field(header, 'size'));
    const path = checked(said.path ?? nameOf(header));
    const target = () => checked(said.link ?? textOf(field(header, 'link')));
    switch (type) {
      case '0':
      case '\0':
      case '7': {
        const contents = this.#data(size);
        // Before there was a type for folders, a slash at the end made one.
        if (path.endsWith('/')) return { type: 'folder', path };
        return { type: 'file', path, contents, executable: (numberOf(field(header, 'mode')) & ownerExecutes) !== 0 };
      }
      case '5':
      case 'D':
        this.#data(size);
        return { type: 'folder', path };
      case '2':
        return { type: 'symlink', path, target: target() };
      case '1':
        return { type: 'link', path, target: target() };
      case 'V':
        return undefined;
      default:
        throw fetchError(`file '\x0e${path}\x0f' in tarball has unsupported file type`);
    }
  }

  #extended(type: 'x' | 'g', header: Uint8Array): undefined {
    const records = paxRecords(this.#data(numberOf(field(header, 'size')), longestPax));
    for (const key of records.keys()) if (key.startsWith('GNU.sparse.')) throw failed('sparse files are not read here');
    const size = records.get('size');
    if (size !== undefined && !/^\d{1,15}$/.test(size)) throw failed('a number is damaged');
    const path = records.get('path');
    const link = records.get('linkpath');
    const said: Said = {
      ...(path !== undefined && { path }),
      ...(link !== undefined && { link }),
      ...(size !== undefined && { size: Number(size) }),
    };
    if (type === 'g') this.#global = { ...this.#global, ...said };
    else this.#said = { ...this.#said, ...said };
  }

  /** What stands behind a header, and goes on to the next block. */
  #data(size: number, most = Number.POSITIVE_INFINITY): Uint8Array {
    if (size > most) throw failed('a header is too large');
    const start = this.#offset;
    if (size > this.#bytes.length - start) throw failed('Truncated tar archive');
    // The last block may be cut short.
    this.#offset = Math.min(start + Math.ceil(size / block) * block, this.#bytes.length);
    return this.#bytes.subarray(start, start + size);
  }
}

/** The name of an entry: ustar has a second field for its beginning, which GNU's format uses for other things. */
function nameOf(header: Uint8Array): string {
  const name = textOf(field(header, 'name'));
  const isUstar = textOf(header.subarray(257, 263)) === 'ustar' && header[262] === 0;
  const prefix = isUstar ? textOf(field(header, 'prefix')) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function checked(name: string): string {
  if (name.length > longestName) throw failed('a name is too long');
  if (name.includes('\0')) throw failed('a name holds a zero byte');
  return name;
}

/** The entries of an archive, in its order. The contents of files are parts of `bytes`. */
export const readTar = (bytes: Uint8Array): Generator<TarEntry, void, void> => new TarReader(bytes).entries();
