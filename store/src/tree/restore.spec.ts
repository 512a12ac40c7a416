import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { restoreTree } from './restore.ts';
import { archiveOf, isTree, openFiles, Scratch, type Tree, tree } from './testing/trees.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const file = (contents: string | Uint8Array, executable = false): Tree => ({
  type: 'file',
  contents: new Uint8Array(Buffer.from(contents)),
  executable,
});
const directory = (entries: Record<string, Tree>): Tree => ({ type: 'directory', entries: new Map(Object.entries(entries)) });
const ways = [{ threadAfter: -1 }, { threadAfter: Number.POSITIVE_INFINITY }];
const sorted = (wanted: Tree): Tree =>
  wanted.type === 'directory' ? { ...wanted, entries: new Map([...wanted.entries].sort(byName)) } : wanted;
const byName = ([a]: [string, Tree], [b]: [string, Tree]) => (a < b ? -1 : 1);

function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const many = sorted(
  directory({
    ...Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`file-${i}`, file(new Uint8Array(i * 100).fill(i), i % 3 === 0)])),
    large: file(new Uint8Array(3_000_001).fill(9)),
  }),
);

describe('restoring', () => {
  test('gives the tree back, whatever the names', async () => {
    const property = fc.asyncProperty(tree, fc.integer({ min: 1, max: 5000 }), async (wanted, size) => {
      const where = scratch.fresh();
      await restoreTree(pieces(archiveOf(wanted), size), where);
      expect(isTree(where, wanted)).toBe(true);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test.each(ways)('many files and large ones (threads after $threadAfter ms)', async (options) => {
    const before = openFiles();
    const where = scratch.fresh();
    await restoreTree(pieces(archiveOf(many), 100_000), where, options);
    expect(isTree(where, many)).toBe(true);
    await expect.poll(openFiles).toBe(before);
  });

  test.each(ways)('in the canonical form (threads after $threadAfter ms)', async (options) => {
    const where = scratch.fresh();
    const umask = process.umask(0o077);
    try {
      await restoreTree([archiveOf(directory({ d: many, l: { type: 'symlink', target: Buffer.from('x') } }))], where, {
        ...options,
        form: 'canonical',
      });
    } finally {
      process.umask(umask);
    }
    const stat = (name: string) => fs.lstatSync(path.join(where, name));
    const shown = (name: string) => [(stat(name).mode & 0o777).toString(8), stat(name).mtimeMs];
    expect(shown('.')).toEqual(['555', 1000]);
    expect(shown('d')).toEqual(['555', 1000]);
    expect(shown('d/file-0')).toEqual(['555', 1000]);
    expect(shown('d/file-1')).toEqual(['444', 1000]);
    expect(shown('d/large')).toEqual(['444', 1000]);
    expect(stat('l').mtimeMs).toBe(1000);
  });
});

describe('what is refused', () => {
  test('a path where there is something', async () => {
    for (const there of [file('kept'), directory({ kept: file('x') })]) {
      const where = scratch.made(there);
      await expect(restoreTree([archiveOf(many)], where)).rejects.toThrow(`creating directory '${where}': File exists`);
      await expect(restoreTree([archiveOf(file('new'))], where)).rejects.toThrow(`creating file '${where}': File exists`);
      expect(isTree(where, there)).toBe(true);
    }
    const link = scratch.made({ type: 'symlink', target: Buffer.from('elsewhere') });
    await expect(restoreTree([archiveOf(file('new'))], link)).rejects.toThrow('File exists');
    await expect(restoreTree([archiveOf(directory({ a: file('new') }))], link)).rejects.toThrow('File exists');
    expect(fs.existsSync(path.join(scratch.folder, 'elsewhere'))).toBe(false);
  });

  test('a folder that is missing', async () => {
    const where = path.join(scratch.fresh(), 'x');
    await expect(restoreTree([archiveOf(file('new'))], where)).rejects.toMatchObject({ code: 'not-found' });
  });

  const half = archiveOf(many).subarray(0, 4_000_000);
  const hostile: [string, Uint8Array, string][] = [
    ['an archive that ends early', half, 'unexpected end-of-file'],
    ['an archive with more behind it', Buffer.concat([archiveOf(many), Buffer.alloc(8)]), 'data after the end'],
    ['a name that leads out', archiveOf(directory({ a: file('x'), '../../out': file('x') })), 'invalid file name'],
    ['a name twice', twice('a', 'a'), 'not sorted'],
    ['what is no archive', Buffer.from('hello, world, this is not an archive'), "input doesn't look like a Nix archive"],
  ];

  /** A link to elsewhere, and a file of that name. */
  function twice(first: string, second: string): Buffer {
    const link = archiveOf(directory({ [first]: { type: 'symlink', target: Buffer.from(scratch.folder) } }));
    const other = archiveOf(directory({ [second]: directory({ b: file('x') }) }));
    const head = archiveOf(directory({})).length - 16;
    return Buffer.concat([link.subarray(0, link.length - 16), other.subarray(head)]);
  }

  test.each(hostile.flatMap(([what, nar, message]) => ways.map((options) => ({ what, nar, message, options }))))(
    '$what leaves nothing (threads after $options.threadAfter ms)',
    async ({ nar, message, options }) => {
      const before = openFiles();
      const where = scratch.fresh();
      await expect(restoreTree(pieces(nar, 300_000), where, options)).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining(message),
      });
      expect(fs.existsSync(where)).toBe(false);
      await expect.poll(openFiles).toBe(before);
    },
  );

  test.each(ways)('an archive whose source fails leaves nothing (threads after $threadAfter ms)', async (options) => {
    const where = scratch.fresh();
    async function* broken() {
      yield* pieces(half, 300_000);
      throw new Error('the line is dead');
    }
    await expect(restoreTree(broken(), where, options)).rejects.toThrow('the line is dead');
    expect(fs.existsSync(where)).toBe(false);
  });

  test.each(ways)('the signal leaves nothing (threads after $threadAfter ms)', async (options) => {
    const where = scratch.fresh();
    const abort = new AbortController();
    function* stopping() {
      yield half;
      abort.abort(new Error('enough'));
      yield* pieces(archiveOf(many).subarray(half.length), 100_000);
    }
    await expect(restoreTree(stopping(), where, { ...options, signal: abort.signal })).rejects.toThrow('enough');
    expect(fs.existsSync(where)).toBe(false);
  });

  test('a writer that fails in a thread leaves nothing', async () => {
    const where = scratch.fresh();
    // The archive names what another has made meanwhile.
    function* racing() {
      const bytes = archiveOf(many);
      yield bytes.subarray(0, 2_000_000);
      fs.mkdirSync(path.join(where, 'large'), { recursive: true });
      yield* pieces(bytes.subarray(2_000_000), 100_000);
    }
    await expect(restoreTree(racing(), where, { threadAfter: -1 })).rejects.toThrow(`creating file '${where}/large': File exists`);
    expect(fs.existsSync(where)).toBe(false);
  });
});
