/** Writes Nix archives (Nix manual, "Nix Archive (NAR) format") from any file system, a chunk at a time, in constant memory. */
import { NarError } from '../errors.ts';
import { NarChunks } from './chunks.ts';
import { maxDepth, padding } from './format.ts';

/** What a path is. `unknown` is a socket, a device: something that no archive can hold. */
export type NarStat =
  | { readonly type: 'regular'; readonly executable: boolean; readonly size: number }
  | { readonly type: 'directory' }
  | { readonly type: 'symlink' }
  | { readonly type: 'unknown' };

/** An open file: `read` fills the start of `into` and answers how much, 0 at the end. */
export interface NarFile {
  read(into: Uint8Array): number;
  close(): void;
}

/** The little that the writer needs of a file system. Paths are what the caller began with, `/`, and names. */
export interface NarFs {
  lstat(path: string): NarStat;
  open(path: string): NarFile;
  readLink(path: string): string;
  /** Names in any order. */
  readDirectory(path: string): readonly string[];
  /** The bytes of a name or a link's target; UTF-8 unless the strings mean something else (say, a byte a character). */
  encode?(text: string): Uint8Array;
}

/** Whether to include something below the root. */
export type NarFilter = (path: string, type: NarStat['type']) => boolean;

/**
 * The archive of what lies at `path`. A chunk is valid until the next is asked for: its memory is used again.
 * Throws `NarError` for what no archive can hold, and whatever the file system throws.
 */
export function* narDump(fs: NarFs, path: string, filter?: NarFilter): Generator<Uint8Array, void, void> {
  const out = new NarChunks(fs.encode?.bind(fs));
  try {
    yield* dumpTo(out, fs, path, filter);
  } finally {
    out.release();
  }
}

function* dumpTo(out: NarChunks, fs: NarFs, path: string, filter?: NarFilter): Generator<Uint8Array, void, void> {
  out.tokens('magic');
  const stat = fs.lstat(path);
  const open: Directory[] = [];
  if (stat.type === 'directory') open.push(openDirectory(fs, out, path));
  else yield* writeLeaf(fs, out, path, stat);

  while (open.length > 0) {
    const directory = open[open.length - 1]!;
    const name = directory.names[directory.next++];
    if (name === undefined) {
      open.pop();
      out.tokens(open.length > 0 ? 'endEntry' : 'end');
      continue;
    }
    const child = `${directory.prefix}${name}`;
    const childStat = fs.lstat(child);
    if (filter && !filter(child, childStat.type)) continue;
    if (open.length >= maxDepth) {
      throw new NarError('nar-depth', `path '${child}' exceeds maximum NAR directory depth of ${maxDepth}`);
    }
    if (!out.hasRoom) yield out.take();
    out.tokens('entry');
    out.text(name);
    out.tokens('node');
    if (childStat.type === 'directory') {
      open.push(openDirectory(fs, out, child));
    } else {
      yield* writeLeaf(fs, out, child, childStat);
      out.tokens('end');
    }
  }
  yield out.take();
}

/** The archive as one array, for small trees. */
export function narBytes(fs: NarFs, path: string, filter?: NarFilter): Uint8Array {
  const chunks = Array.from(narDump(fs, path, filter), (chunk) => chunk.slice());
  const bytes = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

interface Directory {
  readonly prefix: string;
  readonly names: readonly string[];
  next: number;
}

function openDirectory(fs: NarFs, out: NarChunks, path: string): Directory {
  out.tokens('directory');
  return { prefix: path.endsWith('/') ? path : `${path}/`, names: [...fs.readDirectory(path)].sort(compareNames), next: 0 };
}

function* writeLeaf(fs: NarFs, out: NarChunks, path: string, stat: NarStat): Generator<Uint8Array, void, void> {
  if (stat.type === 'regular') {
    out.tokens(stat.executable ? 'executable' : 'file');
    out.number(stat.size);
    yield* writeContents(fs, out, path, stat.size);
    out.zeros(padding(stat.size));
    out.tokens('end');
  } else if (stat.type === 'symlink') {
    out.tokens('symlink');
    out.text(fs.readLink(path));
    out.tokens('end');
  } else {
    throw new NarError('nar-file-type', `file '${path}' has an unsupported type`);
  }
}

function* writeContents(fs: NarFs, out: NarChunks, path: string, size: number): Generator<Uint8Array, void, void> {
  if (size === 0) return;
  const file = fs.open(path);
  try {
    for (let left = size; left > 0; ) {
      if (!out.hasRoom) yield out.take();
      const { length: read } = out.fill(left, (into) => file.read(into));
      if (read === 0) throw new NarError('nar-file-changed', `file '${path}' became shorter while it was read`);
      left -= read;
    }
  } finally {
    file.close();
  }
}

/**
 * Orders names by their bytes in UTF-8. Code units order them alike, except that surrogates, which stand for what comes last,
 * come before U+E000 to U+FFFF.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) return rotateSurrogates(x) - rotateSurrogates(y);
    return x - y;
  }
  return a.length - b.length;
}

const rotateSurrogates = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);
