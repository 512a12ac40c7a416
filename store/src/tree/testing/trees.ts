/** Random file trees for specs: made on disk, and what lies on disk read back by plain means. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { removeTree } from '../remove.ts';

export type Tree =
  | { readonly type: 'file'; readonly contents: Uint8Array; readonly executable: boolean }
  | { readonly type: 'symlink'; readonly target: Buffer }
  | { readonly type: 'directory'; readonly entries: ReadonlyMap<string, Tree> };

/** Names are keys with a character a byte. */
const name = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).map((text) => Buffer.from(text).toString('latin1')),
    fc.constantFrom('a', 'b', 'a.b', 'a-b', 'ab', '\xff', '\x80', '\xef\xbf\xbd', '\xf0\x9f\x98\x80', 'x'.repeat(255)),
  )
  .filter((text) => !/^\.\.?$|[/\0]/.test(text) && text.length > 0);

const file = fc.record({
  type: fc.constant('file' as const),
  contents: fc.oneof(
    { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 300_000 }).map((size) => new Uint8Array(size).fill(size)) },
  ),
  executable: fc.boolean(),
});
const symlink = fc.record({ type: fc.constant('symlink' as const), target: name.map((text) => Buffer.from(text, 'latin1')) });

export const tree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    file,
    symlink,
    fc.record({
      type: fc.constant('directory' as const),
      entries: fc.dictionary(name, tie('tree'), { maxKeys: 6, noNullPrototype: true }).map((record) => new Map(Object.entries(record))),
    }),
  ),
})).tree;

const slash = Buffer.from('/');
const below = (folder: Buffer, child: string) => Buffer.concat([folder, slash, Buffer.from(child, 'latin1')]);

export function writeTree(where: Buffer, wanted: Tree): void {
  if (wanted.type === 'file') fs.writeFileSync(where, wanted.contents, { mode: wanted.executable ? 0o755 : 0o644 });
  if (wanted.type === 'symlink') fs.symlinkSync(wanted.target, where);
  if (wanted.type !== 'directory') return;
  fs.mkdirSync(where);
  for (const [child, node] of wanted.entries) writeTree(below(where, child), node);
}

export function readTree(where: Buffer): Tree {
  const stat = fs.lstatSync(where);
  if (stat.isSymbolicLink()) return { type: 'symlink', target: fs.readlinkSync(where, { encoding: 'buffer' }) };
  if (!stat.isDirectory()) {
    return { type: 'file', contents: new Uint8Array(fs.readFileSync(where)), executable: (stat.mode & 0o100) !== 0 };
  }
  const names = fs.readdirSync(where, { encoding: 'buffer' }).map((bytes) => bytes.toString('latin1'));
  return { type: 'directory', entries: new Map(names.sort().map((child) => [child, readTree(below(where, child))])) };
}

/** The archive, written by the book. */
export function archiveOf(wanted: Tree): Buffer {
  return Buffer.concat([...strings('nix-archive-1'), ...nodeOf(wanted)]);
}

const strings = (...texts: (string | Uint8Array)[]): Buffer[] =>
  texts.flatMap((text) => {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : Buffer.from(text);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return [length, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)];
  });

function nodeOf(wanted: Tree): Buffer[] {
  if (wanted.type === 'symlink') return strings('(', 'type', 'symlink', 'target', wanted.target, ')');
  if (wanted.type === 'file') {
    return strings('(', 'type', 'regular', ...(wanted.executable ? ['executable', ''] : []), 'contents', wanted.contents, ')');
  }
  const entries = [...wanted.entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const inner = entries.flatMap(([child, node]) => [...strings('entry', '(', 'name', child, 'node'), ...nodeOf(node), ...strings(')')]);
  return [...strings('(', 'type', 'directory'), ...inner, ...strings(')')];
}

// In memory where the system has such a folder: thousands of small files take a disk a long time.
const memory = '/dev/shm';
const temporary = fs.existsSync(memory) ? memory : os.tmpdir();

/** A folder for one spec. */
export class Scratch {
  readonly folder = fs.mkdtempSync(path.join(temporary, 'vixen-tree-'));
  #count = 0;

  /** A path where nothing is yet. */
  fresh(): string {
    return path.join(this.folder, String(this.#count++));
  }

  /** A tree on disk. */
  made(wanted: Tree): string {
    const where = this.fresh();
    writeTree(Buffer.from(where), wanted);
    return where;
  }

  remove(): void {
    removeTree(this.folder);
  }
}

/** Descriptors that this process has open. */
export const openFiles = (): number => fs.readdirSync('/proc/self/fd').length;

export async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

/** Whether bytes are the archive of a tree; `toEqual` takes seconds for a megabyte. */
export const isArchiveOf = (bytes: Uint8Array, wanted: Tree): boolean => archiveOf(wanted).equals(bytes);

/** Whether there lies a tree. */
export const isTree = (where: string | Buffer, wanted: Tree): boolean => isArchiveOf(archiveOf(readTree(Buffer.from(where))), wanted);
