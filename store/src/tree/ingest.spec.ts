import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { openMemoryStore } from '../backends/memory.ts';
import { hex } from '../castore/bytes.ts';
import { renderNar } from '../castore/nar-render.ts';
import type { BlobService, Castore } from '../service.ts';
import { blake3 } from '../wasm.ts';
import { checkoutTree } from './checkout.ts';
import { ingestTree } from './ingest.ts';
import type { IngestedTree } from './snapshot.ts';
import { archiveOf, collected, isArchiveOf, isTree, openFiles, Scratch, type Tree, tree } from './testing/trees.ts';
import { folderStates } from './tree-states.ts';
import type { BlobPlace } from './write-batch.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const file = (contents: string | Uint8Array, executable = false): Tree => ({
  type: 'file',
  contents: new Uint8Array(Buffer.from(contents)),
  executable,
});
const directory = (entries: Record<string, Tree>): Tree => ({ type: 'directory', entries: new Map(Object.entries(entries)) });
const ways = [{ threadAfter: -1 }, { threadAfter: Number.POSITIVE_INFINITY }];
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const castoreInMemory = async () => (await openMemoryStore(new URL('memory:'))).castore!;

const many = directory({
  ...Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`file-${i}`, file(new Uint8Array(i * 100).fill(i % 50), i % 3 === 0)])),
  large: file(new Uint8Array(3_000_001).fill(9)),
  'large-too': file(new Uint8Array(700_000).fill(8)),
  empty: directory({}),
  inner: directory({ file: file('x'), link: { type: 'symlink', target: Buffer.from('\xff', 'latin1') } }),
});

async function expectTaken(wanted: Tree, castore: Castore, taken: IngestedTree) {
  const archive = archiveOf(wanted);
  expect(taken.narSize).toBe(archive.length);
  expect(taken.narHash).toEqual(sha256(archive));
  expect(isArchiveOf(await collected(renderNar(castore, taken.node)), wanted)).toBe(true);
}

describe('a tree into a castore and out of it', () => {
  test('keeps its archive, and comes out in the canonical form', async () => {
    const castore = await castoreInMemory();
    const property = fc.asyncProperty(tree, async (wanted) => {
      const taken = await ingestTree(scratch.made(wanted), castore);
      await expectTaken(wanted, castore, taken);
      const target = scratch.fresh();
      await checkoutTree(taken.node, castore, target);
      expect(isTree(target, wanted)).toBe(true);
      expectCanonical(target);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test.each(ways)('with many files (threads after $threadAfter ms)', async (options) => {
    const before = openFiles();
    const castore = await castoreInMemory();
    const taken = await ingestTree(scratch.made(many), castore, options);
    await expectTaken(many, castore, taken);
    const target = scratch.fresh();
    await checkoutTree(taken.node, castore, target, options);
    expect(isTree(target, many)).toBe(true);
    expectCanonical(target);
    await expect.poll(openFiles).toBe(before);
  });

  test('leaves out what the filter refuses', async () => {
    const castore = await castoreInMemory();
    const where = scratch.made(directory({ a: file('x'), b: directory({ c: file('y') }) }));
    const taken = await ingestTree(where, castore, { filter: (at) => !String(at).endsWith('/a') });
    await expectTaken(directory({ b: directory({ c: file('y') }) }), castore, taken);
  });

  test('links files that are there', async () => {
    const castore = await castoreInMemory();
    const taken = await ingestTree(scratch.made(directory({ a: file('linked'), b: file('linked', true), c: file('other') })), castore);
    const own = scratch.made(file('linked'));
    const target = scratch.fresh();
    const asked: string[] = [];
    await checkoutTree(taken.node, castore, target, {
      blobFile: async ({ digest, executable }) => {
        const [contents] = await castore.blobs.readMany([digest]);
        asked.push(`${Buffer.from(contents!)} ${executable}`);
        return asked.length === 1 ? own : undefined;
      },
    });
    expect(asked).toEqual(['linked false', 'linked true', 'other false']);
    expect(fs.statSync(path.join(target, 'a')).ino).toBe(fs.statSync(own).ino);
    expect(fs.statSync(path.join(target, 'b')).ino).not.toBe(fs.statSync(own).ino);
  });
});

describe('blobs that lie in files of this machine', () => {
  const wanted = directory(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`file-${i}`, file(`contents ${i}`, i % 3 === 0)])));

  /** A file with all blobs, and where each lies in it. */
  async function packed() {
    const castore = await castoreInMemory();
    const { node } = await ingestTree(scratch.made(wanted), castore);
    const pack = scratch.fresh();
    const places = new Map<string, BlobPlace>();
    let all = Buffer.alloc(0);
    for (let i = 0; i < 300; i++) {
      const contents = Buffer.from(`contents ${i}`);
      places.set(hex(blake3(contents)), { file: pack, offset: all.length, size: contents.length });
      all = Buffer.concat([all, contents]);
    }
    return { castore, node, places, pack, all };
  }

  test.each(ways)('are read from there (threads after $threadAfter ms)', async (options) => {
    const { castore, node, places, pack, all } = await packed();
    fs.writeFileSync(pack, all);
    const before = openFiles();
    const target = scratch.fresh();
    const readMany = () => Promise.reject(new Error('asked for a blob'));
    const blobs = new Proxy(castore.blobs, { get: (blobs, name) => (name === 'readMany' ? readMany : Reflect.get(blobs, name)) });
    await checkoutTree(node, { ...castore, blobs }, target, { ...options, blobPlace: ({ digest }) => places.get(hex(digest)) });
    expect(isTree(target, wanted)).toBe(true);
    expectCanonical(target);
    await expect.poll(openFiles).toBe(before);
  });

  const damages: [string, (pack: string, all: Buffer) => void][] = [
    ['missing', () => {}],
    ['cut off', (pack, all) => fs.writeFileSync(pack, all.subarray(0, 1000))],
    ['damaged', (pack, all) => fs.writeFileSync(pack, all.fill(0x7a, 500, 700))],
  ];
  const cases = damages.flatMap(([what, damage]) => ways.map(({ threadAfter }) => ({ what, damage, threadAfter })));

  test.each(cases)('are asked for where that is $what (threads after $threadAfter ms)', async ({ damage, threadAfter }) => {
    const { castore, node, places, pack, all } = await packed();
    damage(pack, all);
    const target = scratch.fresh();
    await checkoutTree(node, castore, target, { threadAfter, blobPlace: ({ digest }) => places.get(hex(digest)) });
    expect(isTree(target, wanted)).toBe(true);
    expectCanonical(target);
    const empty = await castoreInMemory();
    const nowhere = scratch.fresh();
    const lost = checkoutTree(node, { ...empty, directories: castore.directories }, nowhere, {
      threadAfter,
      blobPlace: ({ digest }) => places.get(hex(digest)),
    });
    await expect(lost).rejects.toMatchObject({ code: 'not-found' });
    expect(fs.existsSync(nowhere)).toBe(false);
  });
});

function expectCanonical(where: string) {
  const wrong: string[] = [];
  const check = (at: Buffer) => {
    const stat = fs.lstatSync(at);
    const mode = (stat.mode & 0o777).toString(8);
    const modes = stat.isDirectory() ? ['555'] : ['444', '555'];
    if (stat.mtimeMs !== 1000 || !(stat.isSymbolicLink() || modes.includes(mode))) wrong.push(`${at} ${mode} ${stat.mtimeMs}`);
    if (!stat.isDirectory()) return;
    for (const name of fs.readdirSync(at, { encoding: 'buffer' })) check(Buffer.concat([at, Buffer.from('/'), name]));
  };
  check(Buffer.from(where));
  expect(wrong).toEqual([]);
}

describe('a tree that was seen before', () => {
  /** A castore that counts what is put. */
  function counting({ blobs, directories }: Castore) {
    const counts = { blobs: 0 };
    const counted: BlobService = {
      has: (...all) => blobs.has(...all),
      stat: (...all) => blobs.stat(...all),
      read: (...all) => blobs.read(...all),
      readMany: (...all) => blobs.readMany(...all),
      put: (...all) => {
        counts.blobs += 1;
        return blobs.put(...all);
      },
      putMany: (contents, options) => {
        counts.blobs += contents.length;
        return blobs.putMany(contents, options);
      },
    };
    return { counts, castore: { blobs: counted, directories } };
  }

  async function seen(wanted: Tree, stored = true) {
    const { counts, castore } = counting(await castoreInMemory());
    const states = folderStates(scratch.fresh());
    const where = scratch.made(wanted);
    const look = async () => {
      counts.blobs = 0;
      return ingestTree(where, castore, { states, isStored: async () => stored });
    };
    return { where, look, counts };
  }

  const small = directory({ a: file('aaa'), d: directory({ b: file('bbb') }), l: { type: 'symlink', target: Buffer.from('x') } });
  /** Longer than a tick of the file system's clock, as `states.ts` takes it. */
  const settled = () => setTimeout(80);

  test('is not read again', async () => {
    const { look, counts } = await seen(small);
    await settled();
    const first = await look();
    expect(counts.blobs).toBe(2);
    expect(await look()).toEqual(first);
    expect(counts.blobs).toBe(0);
  });

  test('is read again where the castore lost it', async () => {
    const { look, counts } = await seen(small, false);
    await settled();
    await look();
    await look();
    expect(counts.blobs).toBe(2);
  });

  const changes: [string, (where: string) => void, Tree][] = [
    [
      'contents of the same size',
      (where) => fs.writeFileSync(`${where}/d/b`, 'ccc'),
      directory({ ...entriesOf(small), d: directory({ b: file('ccc') }) }),
    ],
    ['a mode', (where) => fs.chmodSync(`${where}/a`, 0o755), directory({ ...entriesOf(small), a: file('aaa', true) })],
    ['a new file', (where) => fs.writeFileSync(`${where}/c`, ''), directory({ ...entriesOf(small), c: file('') })],
    ['a file less', (where) => fs.rmSync(`${where}/a`), directory({ d: entriesOf(small).d!, l: entriesOf(small).l! })],
    [
      'a name',
      (where) => fs.renameSync(`${where}/a`, `${where}/z`),
      directory({ z: file('aaa'), d: entriesOf(small).d!, l: entriesOf(small).l! }),
    ],
    [
      'contents, with the old times set again',
      (where) => {
        const { atime, mtime } = fs.statSync(`${where}/a`);
        fs.writeFileSync(`${where}/a`, 'zzz');
        fs.utimesSync(`${where}/a`, atime, mtime);
      },
      directory({ ...entriesOf(small), a: file('zzz') }),
    ],
  ];
  function entriesOf(wanted: Tree): Record<string, Tree> {
    return wanted.type === 'directory' ? Object.fromEntries(wanted.entries) : {};
  }

  test.each(changes)('notices %s', async (_, change, now) => {
    const { where, look } = await seen(small);
    await settled();
    await look();
    change(where);
    expect((await look()).narHash).toEqual(sha256(archiveOf(now)));
  });

  test('is not believed where it changed just before it was read', async () => {
    const { where, look } = await seen(small);
    // The change that follows may fall into the same tick of the clock.
    await look();
    fs.writeFileSync(`${where}/a`, 'zzz');
    expect((await look()).narHash).toEqual(sha256(archiveOf(directory({ ...entriesOf(small), a: file('zzz') }))));
  });

  test.each(ways)('is remembered by a thread, too (threads after $threadAfter ms)', async (options) => {
    const { counts, castore } = counting(await castoreInMemory());
    const states = folderStates(scratch.fresh());
    const where = scratch.made(many);
    await settled();
    const first = await ingestTree(where, castore, { ...options, states, isStored: async () => true });
    counts.blobs = 0;
    expect(await ingestTree(where, castore, { ...options, states, isStored: async () => true })).toEqual(first);
    expect(counts.blobs).toBe(0);
  });

  test('any damage to what is remembered is a reason to read', async () => {
    const { castore } = counting(await castoreInMemory());
    const where = scratch.made(small);
    await settled();
    let kept: Uint8Array = new Uint8Array();
    const save = (_: unknown, snapshot: Uint8Array) => {
      kept = snapshot;
    };
    const first = await ingestTree(where, castore, { states: { load: () => undefined, save } });
    const property = fc.asyncProperty(fc.nat(kept.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, cut) => {
      const damaged = cut ? kept.slice(0, at) : kept.map((byte, i) => (i === at ? byte ^ flip : byte));
      const again = await ingestTree(where, castore, {
        states: { load: () => damaged, save: () => {} },
        isStored: async (known) => same(known, first),
      });
      expect(again).toEqual(first);
    });
    // cut off behind the head, so that the root is missing
    const headOnly: [number, number, boolean] = [57, 1, true];
    await fc.assert(property, { numRuns: 200, examples: [headOnly] });
  });
  const same = (a: IngestedTree, b: IngestedTree) =>
    Buffer.from(a.narHash).equals(b.narHash) && a.narSize === b.narSize && isSameNode(a, b);
  const isSameNode = (a: IngestedTree, b: IngestedTree) => {
    const shown = (taken: IngestedTree) => JSON.stringify(taken.node, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    return shown(a) === shown(b);
  };
});

describe('what goes wrong', () => {
  test.each(ways)('a castore that fails ends the reading (threads after $threadAfter ms)', async (options) => {
    const before = openFiles();
    const { blobs, directories } = await castoreInMemory();
    const failing: BlobService = {
      ...blobs,
      putMany: () => Promise.reject(new Error('no room')),
      put: () => Promise.reject(new Error('no room')),
    };
    await expect(ingestTree(scratch.made(many), { blobs: failing, directories }, options)).rejects.toThrow('no room');
    await expect.poll(openFiles).toBe(before);
  });

  test.each(ways)('the signal ends a checkout, and nothing is left (threads after $threadAfter ms)', async (options) => {
    const castore = await castoreInMemory();
    const { node } = await ingestTree(scratch.made(many), castore);
    const abort = new AbortController();
    const target = scratch.fresh();
    const stopping: BlobService = {
      has: (...all) => castore.blobs.has(...all),
      stat: (...all) => castore.blobs.stat(...all),
      put: (...all) => castore.blobs.put(...all),
      putMany: (...all) => castore.blobs.putMany(...all),
      readMany: (...all) => castore.blobs.readMany(...all),
      async *read(digest, call) {
        for await (const chunk of castore.blobs.read(digest, { ...call, signal: undefined })) {
          yield chunk;
          abort.abort(new Error('enough'));
        }
      },
    };
    const writing = checkoutTree(node, { ...castore, blobs: stopping }, target, { ...options, signal: abort.signal });
    await expect(writing).rejects.toThrow('enough');
    expect(fs.existsSync(target)).toBe(false);
  });

  test('a checkout of what the castore lacks leaves nothing', async () => {
    const castore = await castoreInMemory();
    const { node } = await ingestTree(scratch.made(many), castore);
    const empty = await castoreInMemory();
    const target = scratch.fresh();
    await expect(checkoutTree(node, empty, target)).rejects.toMatchObject({ code: 'not-found' });
    await expect(checkoutTree(node, { ...empty, directories: castore.directories }, target)).rejects.toMatchObject({ code: 'not-found' });
    expect(fs.existsSync(target)).toBe(false);
    await expect(checkoutTree(node, castore, scratch.made(file('there')))).rejects.toThrow('File exists');
  });
});
