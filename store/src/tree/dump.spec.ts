import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { nativeHashers } from '../hashing.ts';
import { dumpTree } from './dump.ts';
import { hashFile, hashTree } from './hash.ts';
import { writeChunks } from './pipe-out.ts';
import { archiveOf, collected, isArchiveOf, openFiles, Scratch, type Tree, tree } from './testing/trees.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const file = (contents: string | Uint8Array): Tree => ({
  type: 'file',
  contents: new Uint8Array(Buffer.from(contents)),
  executable: false,
});
const directory = (entries: Record<string, Tree>): Tree => ({ type: 'directory', entries: new Map(Object.entries(entries)) });
/** Threads at once, and never. */
const ways = [{ threadAfter: -1 }, { threadAfter: Number.POSITIVE_INFINITY }];

const many = directory(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`file-${i}`, file(new Uint8Array(20_000).fill(i))])));

describe('the archive of a tree', () => {
  test('is what the format says, whatever the names', async () => {
    const property = fc.asyncProperty(tree, async (wanted) => {
      expect(isArchiveOf(await collected(dumpTree(scratch.made(wanted))), wanted)).toBe(true);
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test.each(ways)('comes from a thread as from here (threads after $threadAfter ms)', async (options) => {
    const where = scratch.made(many);
    const before = openFiles();
    expect(isArchiveOf(await collected(dumpTree(where, options)), many)).toBe(true);
    await expect.poll(openFiles).toBe(before);
  });

  test('a large file goes on in a thread', async () => {
    const large = file(new Uint8Array(5_000_003).fill(7));
    expect(isArchiveOf(await collected(dumpTree(scratch.made(large), { threadAfter: -1 })), large)).toBe(true);
  });

  test('of a path that is bytes', async () => {
    const where = Buffer.concat([Buffer.from(`${scratch.fresh()}-`), Buffer.of(0xff)]);
    fs.mkdirSync(where);
    fs.writeFileSync(Buffer.concat([where, Buffer.from('/a')]), 'x');
    expect(isArchiveOf(await collected(dumpTree(where)), directory({ a: file('x') }))).toBe(true);
  });

  test('what the filter refuses is left out', async () => {
    const where = scratch.made(directory({ a: file('x'), b: directory({ c: file('y'), d: file('z') }) }));
    const seen: string[] = [];
    const filter = (at: string | Uint8Array, kind: string) => {
      seen.push(`${kind} ${path.relative(where, String(at))}`);
      return !String(at).endsWith('/c') && !String(at).endsWith('/a');
    };
    expect(isArchiveOf(await collected(dumpTree(where, { filter })), directory({ b: directory({ d: file('z') }) }))).toBe(true);
    expect(seen).toEqual(['file a', 'directory b', 'file b/c', 'file b/d']);
  });
});

describe('what cannot be dumped', () => {
  const failing = async (where: string, options = {}) => {
    const before = openFiles();
    const error = await collected(dumpTree(where, options)).catch((reason) => reason);
    await expect.poll(openFiles).toBe(before);
    return error;
  };

  test('nothing', async () => {
    const where = scratch.fresh();
    expect(await failing(where)).toMatchObject({ code: 'not-found', message: `path '${where}' does not exist` });
    const inFile = `${scratch.made(file('x'))}/y`;
    expect(await failing(inFile)).toMatchObject({ code: 'not-found', message: `path '${inFile}' does not exist` });
  });

  test.each(ways)('a socket, by its name (threads after $threadAfter ms)', async (options) => {
    const where = scratch.made(many);
    const socket = path.join(where, 'z');
    const server = net.createServer().listen(socket);
    await once(server, 'listening');
    expect(await failing(where, options)).toMatchObject({ code: 'invalid', message: `file '${socket}' has an unsupported type` });
    server.close();
  });

  test.each(ways)('a file that shrinks (threads after $threadAfter ms)', async (options) => {
    const where = scratch.made(file(new Uint8Array(8_000_000)));
    const before = openFiles();
    const chunks = dumpTree(where, options);
    await chunks.next();
    fs.truncateSync(where, 1_000_000);
    await expect(collected(chunks)).rejects.toMatchObject({ code: 'io', message: `file '${where}' became shorter while it was read` });
    await expect.poll(openFiles).toBe(before);
  });

  test.each(ways)('a file that vanishes (threads after $threadAfter ms)', async (options) => {
    const where = scratch.made(directory({ a: file(new Uint8Array(8_000_000)), b: file('x') }));
    const chunks = dumpTree(where, options);
    await chunks.next();
    fs.rmSync(path.join(where, 'b'));
    const error = await collected(chunks).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'not-found', message: `opening file '${where}/b': No such file or directory` });
  });

  test('a link where a file was listed is not followed', async () => {
    const where = scratch.made(directory({ a: file(new Uint8Array(8_000_000)), b: file('x') }));
    const chunks = dumpTree(where);
    await chunks.next();
    fs.rmSync(path.join(where, 'b'));
    fs.symlinkSync('/etc/passwd', path.join(where, 'b'));
    await expect(collected(chunks)).rejects.toMatchObject({ code: 'io', message: expect.stringContaining('symbolic links') });
  });

  test('deeper than archives go', async () => {
    const nested = (depth: number): Tree => (depth === 0 ? file('x') : directory({ d: nested(depth - 1) }));
    expect(isArchiveOf(await collected(dumpTree(scratch.made(nested(63)))), nested(63))).toBe(true);
    expect(await failing(scratch.made(nested(64)))).toMatchObject({ code: 'invalid' });
  });
});

describe('ending early', () => {
  test.each(ways)('by the signal (threads after $threadAfter ms)', async (options) => {
    const before = openFiles();
    const abort = new AbortController();
    const chunks = dumpTree(scratch.made(file(new Uint8Array(30_000_000))), { ...options, signal: abort.signal });
    await chunks.next();
    abort.abort(new Error('enough'));
    await expect(collected(chunks)).rejects.toThrow('enough');
    await expect.poll(openFiles).toBe(before);
  });

  test.each(ways)('by who reads (threads after $threadAfter ms)', async (options) => {
    const before = openFiles();
    for await (const _ of dumpTree(scratch.made(file(new Uint8Array(30_000_000))), options)) break;
    await expect.poll(openFiles).toBe(before);
  });

  test('a stream that does not take more is left by the signal', async () => {
    const abort = new AbortController();
    const stalled = new PassThrough({ highWaterMark: 1 });
    const writing = writeChunks(stalled, dumpTree(scratch.made(many), abort), { signal: abort.signal });
    await setTimeout(20);
    abort.abort(new Error('enough'));
    await expect(writing).rejects.toThrow('enough');
  });
});

describe('hashes', () => {
  test.each(ways)('of archives (threads after $threadAfter ms)', async (options) => {
    const archive = archiveOf(many);
    const wanted = new Uint8Array(createHash('sha256').update(archive).digest());
    expect(await hashTree(scratch.made(many), 'sha256', nativeHashers, options)).toEqual({ digest: wanted, size: archive.length });
  });

  test('of files', async () => {
    const wanted = new Uint8Array(createHash('sha1').update('hello').digest());
    expect(await hashFile(scratch.made(file('hello')), 'sha1', nativeHashers)).toEqual({ digest: wanted, size: 5 });
    const missing = scratch.fresh();
    await expect(hashFile(missing, 'sha1', nativeHashers)).rejects.toThrow(`opening file '${missing}': No such file or directory`);
    await expect(hashFile(scratch.folder, 'sha1', nativeHashers)).rejects.toThrow('Is a directory');
  });
});
