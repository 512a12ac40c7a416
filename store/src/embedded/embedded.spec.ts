import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedStore } from '../backends/embedded.ts';
import { encodeDirectory } from '../castore/directory.ts';
import type { Directory, Node } from '../castore/node.ts';
import type { CastoreStore } from '../castore/store.ts';
import { copyPaths } from '../copy.ts';
import { StoreError } from '../errors.ts';
import { openStore } from '../open.ts';
import { fastFolder } from '../testing/fast-folder.ts';
import { type Added, collectBytes, noise, sourceOf, strangeTree, textOf } from '../testing/trees.ts';
import { removeTree } from '../tree/index.ts';
import { blake3 } from '../wasm.ts';
import { diskFiles, type Files, systemCall } from './files.ts';
import { isRunning, thisProcess } from './process.ts';

const folder = fastFolder('vixen-embedded-');
afterAll(() => removeTree(folder));

let root = '';
let serial = 0;
beforeEach(() => {
  root = path.join(folder, String(serial++));
});

const open = (options = {}) => openEmbeddedStore(new URL(`embedded://${root}`), options);
const state = (...names: string[]) => path.join(root, 'nix/var/vixen', ...names);
const failure = (code: string, message?: RegExp) =>
  expect.objectContaining({ code, ...(message ? { message: expect.stringMatching(message) } : {}) });

/** Opens a store, uses it and closes it. */
async function using<T>(use: (store: CastoreStore) => Promise<T>, options = {}): Promise<T> {
  const store = await open(options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

const add = (store: CastoreStore, ...all: Added[]) => Promise.all(all.map(({ info, nar }) => store.add(info, [nar])));
const collect = (store: CastoreStore) => store.collector!.collect({ mode: 'delete' });

async function problemsOf(store: CastoreStore, repair = false): Promise<string[]> {
  const problems: string[] = [];
  await store.verify({ checkContents: true, repair, onProblem: (problem) => problems.push(`${problem.path ?? ''} ${problem.message}`) });
  return problems;
}

function filesBelow(place: string): string[] {
  const entries = fs.readdirSync(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

function flip(file: string, at: number): void {
  fs.chmodSync(file, 0o644);
  const bytes = fs.readFileSync(file);
  bytes[at]! ^= 1;
  fs.writeFileSync(file, bytes);
}

/** The disk, and the files that were made. */
function countedFiles(): { readonly files: Files; readonly made: string[] } {
  const made: string[] = [];
  return {
    made,
    files: {
      ...diskFiles,
      create: (file) => {
        made.push(path.dirname(file));
        return diskFiles.create(file);
      },
    },
  };
}

describe('blobs that are taken in before they are durable', () => {
  const hashed = (contents: Uint8Array) => ({ digest: blake3(contents), contents });

  test("their bytes are the caller's again, each is written once, and somebody who waits makes them durable", async () => {
    const { files, made } = countedFiles();
    const contents = [noise(100, 1), noise(300_000, 2), noise(70_000, 3)];
    const given = contents.map((blob) => hashed(blob.slice()));
    await using(
      async ({ castore }) => {
        const first = await castore!.blobs.take!(given);
        const again = await castore!.blobs.take!(given);
        for (const { contents: bytes } of given) bytes.fill(0);
        expect(await castore!.blobs.stat(given[0]!.digest)).toBeUndefined();
        await again.durable();
        expect(made.filter((place) => place === state('tmp'))).toHaveLength(2);
        for (const [i, blob] of contents.entries()) {
          expect(Buffer.compare(await collectBytes(castore!.blobs.read(given[i]!.digest)), blob)).toBe(0);
        }
        await first.durable();
        expect(await using((store) => problemsOf(store))).toEqual([]);
      },
      { files },
    );
    expect(fs.statSync(state('packs/00000001')).size).toBe(16 + 40 + 100);
  });

  test('nothing is left of what nobody waited for', async () => {
    const blob = hashed(noise(300_000, 4));
    await using(async ({ castore }) => {
      await castore!.blobs.take!([blob, hashed(noise(10, 5))]);
    });
    expect(filesBelow(state('tmp'))).toEqual([]);
    await using(async (store) => {
      expect(await store.castore!.blobs.has([blob.digest])).toEqual([false]);
      expect(await problemsOf(store)).toEqual([]);
    });
  });

  test('what was collected meanwhile is put again', async () => {
    const blob = hashed(noise(1000, 6));
    await using(async ({ castore }) => (await castore!.blobs.take!([blob])).durable());
    await using(async (store) => {
      // Our session begins after a collection has: what was put before is stale for it.
      await using(collect);
      await store.castore!.blobs.put([noise(10, 7)]);
      const taken = await store.castore!.blobs.take!([blob]);
      blob.contents.fill(0);
      await using(collect);
      await taken.durable();
      expect(await collectBytes(store.castore!.blobs.read(blob.digest))).toEqual(noise(1000, 6));
    });
  });

  test('a blob of any size may come with its digest', async () => {
    await using(async ({ castore }) => {
      for (const size of [0, 100, 70_000, 2_300_000]) {
        const blob = noise(size, 8);
        const sink = castore!.blobs.begin!({ hashed: true });
        for (let at = 0; at < size; at += 60_000) sink.write(blob.subarray(at, at + 60_000));
        const digest = blake3(blob);
        expect(await sink.finish(digest)).toEqual(digest);
        expect(Buffer.compare(await collectBytes(castore!.blobs.read(digest)), blob)).toBe(0);
      }
    });
  });
});

describe('large blobs', () => {
  test('what is there, or on its way, is not written again', async () => {
    const { files, made } = countedFiles();
    const blob = noise(300_000, 5);
    await using(
      async ({ castore }) => {
        const put = () => castore!.blobs.put([blob]);
        const digests = await Promise.all([put(), put(), put()]);
        digests.push(await put());
        for (const digest of digests) expect(digest).toEqual(blake3(blob));
        expect(made).toEqual([state('tmp')]);
        expect(filesBelow(state('blobs'))).toHaveLength(1);
      },
      { files },
    );
  });

  test('many at once get names of their own, and leave nothing else', async () => {
    const blobs = Array.from({ length: 150 }, (_, i) => noise(66_000 + i, i));
    await using(async ({ castore }) => {
      const digests = await Promise.all(blobs.map((blob, i) => castore!.blobs.put([blob], { executable: i % 2 === 0 })));
      for (const [i, digest] of digests.entries())
        expect(Buffer.compare(await collectBytes(castore!.blobs.read(digest)), blobs[i]!)).toBe(0);
    });
    const files = filesBelow(state('blobs'));
    expect(new Set(files.map((file) => file.replace(/.*\.([0-9a-f]+)(\.x)?$/, '$1'))).size).toBe(blobs.length);
    expect(files.map((file) => fs.statSync(file).mode & 0o777).sort()).toEqual([...Array(75).fill(0o444), ...Array(75).fill(0o555)]);
    expect(filesBelow(state('tmp'))).toEqual([]);
  });

  test('a failure of one file is told, and the next attempt succeeds', async () => {
    let fail = true;
    const files: Files = {
      ...diskFiles,
      syncFolder: (place) => {
        if (!fail) return diskFiles.syncFolder(place);
        fail = false;
        return Promise.reject(new StoreError('exhausted', 'no space'));
      },
    };
    await using(
      async ({ castore }) => {
        await expect(castore!.blobs.put([noise(300_000, 6)])).rejects.toEqual(failure('exhausted'));
        expect(await castore!.blobs.put([noise(300_000, 6)])).toEqual(blake3(noise(300_000, 6)));
      },
      { files },
    );
  });
});

describe('opening', () => {
  test('another format is refused, and says what to do', async () => {
    await using(async () => {});
    const lmdb = await import('lmdb');
    const index = lmdb.open<Buffer, Buffer>({ path: state('index'), encoding: 'binary', keyEncoding: 'binary' });
    await index.put(Buffer.concat([Buffer.of(1), Buffer.from('format')]), Buffer.of(0, 0, 0, 99));
    await index.close();
    await expect(open()).rejects.toEqual(failure('invalid', /has format 99, and this program knows format 1/));
  });

  test('a root is an absolute path, in any characters', async () => {
    await expect(openStore('embedded://host/root')).rejects.toEqual(failure('invalid'));
    const strange = path.join(folder, 'with space é');
    const store = await openStore(`embedded://${encodeURI(strange)}`);
    await store.close();
    expect(fs.existsSync(path.join(strange, 'nix/var/vixen/index'))).toBe(true);
  });

  test('the default lies in the data folder', async () => {
    const store = await openStore('embedded:', { dataDirectory: path.join(root, 'data') });
    expect(store.checkouts!.root === '' || store.checkouts!.root === path.join(root, 'data/root')).toBe(true);
    await store.close();
  });

  test('who only reads writes nothing', async () => {
    const tree = sourceOf(strangeTree);
    await using((store) => add(store, tree));
    await using(
      async (store) => {
        expect(Buffer.compare(await collectBytes(store.nar(tree.info.path)), tree.nar)).toBe(0);
        expect(await store.castore.blobs.has([blake3(new Uint8Array(1))])).toEqual([false]);
        expect(await store.referrers(tree.info.path)).toEqual([]);
        await expect(add(store, textOf('x'))).rejects.toEqual(failure('forbidden', /open for reading only/));
        await expect(collect(store)).rejects.toEqual(failure('forbidden'));
      },
      { readOnly: true },
    );
  });
});

describe('damage', () => {
  const tree = sourceOf({ entries: { d: { entries: { small: { file: 'small contents' } } }, large: { file: noise(200_000) } } });

  test.each([
    [
      'a pack',
      () => filesBelow(state('packs'))[0]!,
      60,
      /'\/d\/small': blob [0-9a-f]{64} \(14 bytes in '.*packs\/00000001' at 56\) is damaged/,
    ],
    ['a file', () => filesBelow(state('blobs'))[0]!, 99, /'\/large': blob [0-9a-f]{64} \(200000 bytes in '.*blobs\/.*'\) is damaged/],
  ])('in %s is found, named, and mended by adding again', async (_, file, at, message) => {
    await using((store) => add(store, tree));
    flip(file(), at);
    await using(async (store) => {
      await expect(collectBytes(store.nar(tree.info.path))).rejects.toEqual(failure('corrupt', message));
      await expect(copyPaths(store, await openStore(`file://${root}/cache`), [tree.info.path])).rejects.toEqual(
        failure('corrupt', message),
      );
      const problems = await problemsOf(store);
      expect(problems.length).toBe(2);
      expect(problems.find((problem) => problem.startsWith(tree.info.path))).toMatch(message);
      await store.add(tree.info, [tree.nar], { repair: true });
      expect(Buffer.compare(await collectBytes(store.nar(tree.info.path)), tree.nar)).toBe(0);
      expect(await problemsOf(store)).toEqual([]);
    });
  });

  describe('in the index is found and named', () => {
    const other = sourceOf({ file: 'other' }, { name: 'other' });
    const index = () => state('index', 'data.mdb');
    /** Flips a bit of each place where `pattern` stands, `offset` bytes from its beginning. */
    const flipAt = (pattern: Buffer, offset: number, bit: number) => {
      const bytes = fs.readFileSync(index());
      let found = 0;
      for (let at = bytes.indexOf(pattern); at >= 0; at = bytes.indexOf(pattern, at + 1), found++) bytes[at + offset]! ^= bit;
      expect(found).toBeGreaterThan(0);
      fs.writeFileSync(index(), bytes);
    };
    const pathRecord = () => Buffer.from(`["${Buffer.from(tree.info.narHash).toString('hex')}`);
    const small = blake3(Buffer.from('small contents'));
    /** The record's key: its table's number before it, as it stands nowhere else. */
    const record = Buffer.concat([Buffer.of(2), small]);
    const leaf: Directory = {
      entries: [{ name: Buffer.from('small'), node: { type: 'file', digest: small, size: 14n, executable: false } }],
    };
    const directory = Buffer.from(encodeDirectory(leaf));

    test.each([
      ['what is known of a path', () => flipAt(pathRecord(), 0, 1), /index is damaged: what it says of the path '.*-source'/],
      ["a blob's name", () => flipAt(Buffer.from(small), 5, 4), /blob [0-9a-f]{64} .*(does not exist|is damaged)|directory .* is damaged/],
      ['a directory', () => flipAt(directory, 1, 8), /directory [0-9a-f]{64} is damaged/],
      ['the size of a blob', () => flipAt(record, record.length + 20 + 5, 128), /index is damaged: what it says of a blob/],
    ])('%s', async (_, damage, message) => {
      await using((store) => add(store, tree, other));
      damage();
      await using(async (store) => {
        await expect(collectBytes(store.nar(tree.info.path))).rejects.toEqual(failure('corrupt', message));
        const problems = await problemsOf(store);
        expect(problems.join('\n')).toMatch(message);
        expect(problems.some((problem) => problem.startsWith(tree.info.path))).toBe(true);
        expect(problems.some((problem) => problem.startsWith(other.info.path))).toBe(false);
        expect(Buffer.compare(await collectBytes(store.nar(other.info.path)), other.nar)).toBe(0);
      });
    });
  });

  test('missing files are named', async () => {
    await using((store) => add(store, tree));
    for (const file of [...filesBelow(state('packs')), ...filesBelow(state('blobs'))]) fs.rmSync(file);
    await using(async (store) => {
      const problems: string[] = [];
      await store.verify({ onProblem: ({ message }) => problems.push(message) });
      expect(problems.filter((problem) => problem.includes('is missing')).length).toBe(2);
      await problemsOf(store, true);
      const digests = [blake3(Buffer.from('small contents')), blake3(noise(200_000))];
      expect(await store.castore.blobs.has(digests)).toEqual([false, false]);
    });
  });

  test('a part of a file is given only when the whole is good', async () => {
    const contents = noise(200_000);
    const digest = await using((store) => store.castore.blobs.put([contents]));
    const part = (store: CastoreStore) => collectBytes(store.castore.blobs.read(digest, { offset: 5, length: 10 }));
    await using(async (store) => expect(Buffer.from(await part(store)).equals(contents.subarray(5, 15))).toBe(true));
    flip(filesBelow(state('blobs'))[0]!, 150_000);
    await using(async (store) => await expect(part(store)).rejects.toEqual(failure('corrupt')));
  });
});

describe('a disk that is full', () => {
  test('is an error that says so, and no more than that', async () => {
    let isFull = true;
    const full = () => {
      if (isFull) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    const files: Files = {
      ...diskFiles,
      create(file) {
        const out = diskFiles.create(file);
        const write: typeof out.write = (buffers, position) => {
          systemCall(`cannot write '${file}'`, full);
          out.write(buffers, position);
        };
        return { write, sync: () => out.sync(), close: () => out.close() };
      },
    };
    const tree = sourceOf(strangeTree);
    await using(
      async (store) => {
        await expect(add(store, tree)).rejects.toEqual(failure('exhausted', /no space left on the disk/));
        isFull = false;
        await add(store, tree);
        expect(Buffer.compare(await collectBytes(store.nar(tree.info.path)), tree.nar)).toBe(0);
        expect(await problemsOf(store)).toEqual([]);
      },
      { files },
    );
  });
});

describe('checkouts', () => {
  const place = (added: Added) => path.join(root, added.info.path);
  const modeOf = (file: string | Buffer) => fs.lstatSync(file).mode & 0o777;

  test('are canonical files', async () => {
    const tree = sourceOf(strangeTree);
    await using(async (store) => {
      await add(store, tree);
      expect(await store.checkouts!.checkout(tree.info.path)).toBe(place(tree));
      expect(fs.readFileSync(path.join(place(tree), 'a/run'), 'utf8')).toBe('#!/bin/sh\n');
      expect(modeOf(path.join(place(tree), 'a/run'))).toBe(0o555);
      expect(modeOf(path.join(place(tree), 'a/empty'))).toBe(0o444);
      expect(modeOf(path.join(place(tree), 'a'))).toBe(0o555);
      expect(fs.readFileSync(Buffer.concat([Buffer.from(`${place(tree)}/`), Buffer.of(0xff, 0xfe)]), 'utf8')).toBe(
        'bytes that are no UTF-8',
      );
      expect(fs.readlinkSync(path.join(place(tree), 'é'), { encoding: 'buffer' })).toEqual(
        Buffer.concat([Buffer.from('../'), Buffer.of(0xff)]),
      );
      for (const name of ['', 'a', 'a/run', 'large', 'é']) expect(fs.lstatSync(path.join(place(tree), name)).mtimeMs).toBe(1000);
      expect(fs.readFileSync(path.join(place(tree), 'large')).equals(noise(700_001, 7))).toBe(true);
      expect(fs.statSync(path.join(place(tree), 'large')).nlink).toBe(2);
    });
  });

  test('of a blob as plain file and as executable have the modes of both', async () => {
    const contents = noise(100_000);
    const plain = sourceOf({ file: contents }, { name: 'plain' });
    const both = sourceOf({ entries: { plain: { file: contents }, run: { file: contents, executable: true } } });
    await using(async (store) => {
      await add(store, plain, both);
      for (const added of [plain, both]) await store.checkouts!.checkout(added.info.path);
    });
    expect([modeOf(place(plain)), modeOf(path.join(place(both), 'plain')), modeOf(path.join(place(both), 'run'))]).toEqual([
      0o444, 0o444, 0o555,
    ]);
    expect(fs.readFileSync(path.join(place(both), 'run')).equals(contents)).toBe(true);
  });

  test('stay, are made again when they are gone, and go with their paths', async () => {
    const tree = sourceOf({ entries: { d: { entries: { f: { file: 'x' } } } } });
    await using(async (store) => {
      await add(store, tree);
      await Promise.all([1, 2, 3].map(() => store.checkouts!.checkout(tree.info.path)));
      const first = fs.statSync(place(tree)).ino;
      await store.checkouts!.checkout(tree.info.path);
      expect(fs.statSync(place(tree)).ino).toBe(first);
      removeTree(place(tree));
      await store.checkouts!.checkout(tree.info.path);
      expect(fs.readFileSync(path.join(place(tree), 'd/f'), 'utf8')).toBe('x');
      await expect(store.checkouts!.checkout(textOf('missing').info.path)).rejects.toEqual(failure('not-found'));
    });
    await using(collect);
    expect(fs.readdirSync(path.join(root, 'nix/store'))).toEqual([]);
  });
});

describe('collections', () => {
  test('a root that is made while paths are removed keeps its path', async () => {
    const texts = Array.from({ length: 250 }, (_, i) => textOf(`text ${i}`));
    await using((store) => add(store, ...texts));
    await using(async (store) => {
      let rooted = false;
      const root = () => {
        if (!rooted) for (const { info } of texts) fs.symlinkSync(info.path, path.join(gcRoots, path.basename(info.path)));
        rooted = true;
      };
      const gcRoots = path.join(path.dirname(state()), 'nix/gcroots');
      fs.mkdirSync(gcRoots, { recursive: true });
      const { paths } = await store.collector!.collect({ mode: 'delete', onPath: root });
      expect(paths.length).toBeGreaterThan(0);
      expect(paths.length).toBeLessThan(250);
      expect(await problemsOf(store)).toEqual([]);
    });
  });

  const small = new TextEncoder().encode('no path names this');
  const large = noise(100_000, 77);

  test('leave what a session has put or was told of, until it ends', async () => {
    const [first, collector] = [await open(), await open()];
    const digests = await Promise.all([first.castore.blobs.put([small]), first.castore.blobs.put([large])]);
    await collect(collector);
    expect(await first.castore.blobs.has(digests)).toEqual([true, true]);
    await first.close();
    const second = await open();
    expect(await second.castore.blobs.has(digests)).toEqual([true, true]);
    await collect(collector);
    await collect(collector);
    for (const [i, contents] of [small, large].entries()) {
      expect(Buffer.compare(await collectBytes(second.castore.blobs.read(digests[i]!)), contents)).toBe(0);
    }
    await second.close();
    await collect(collector);
    expect(await collector.castore.blobs.readMany(digests)).toEqual([undefined, undefined]);
    expect(filesBelow(state('blobs'))).toEqual([]);
    await collector.close();
  });

  test('leave what lies below a directory that a session has put, however old', async () => {
    const blob = await using((store) => store.castore.blobs.put([small]));
    const leaf: Directory = {
      entries: [{ name: Buffer.from('f'), node: { type: 'file', digest: blob, size: BigInt(small.length), executable: false } }],
    };
    const leafNode: Node = { type: 'directory', digest: blake3(encodeDirectory(leaf)), size: 2n };
    const above: Directory = { entries: [{ name: Buffer.from('d'), node: leafNode }] };
    await using((store) => store.castore.directories.put([leaf]));
    await using(async (collector) => {
      const session = await open();
      const [digest] = await session.castore.directories.put([above]);
      await collect(collector);
      const tree = sourceOf({ entries: { d: { entries: { f: { file: small } } } } });
      await session.register([{ ...tree.info, node: { type: 'directory', digest: digest!, size: 4n } }]);
      expect(Buffer.compare(await collectBytes(session.nar(tree.info.path)), tree.nar)).toBe(0);
      await session.close();
    });
  });

  test('keep a path for who has added it, though it was there', async () => {
    const tree = sourceOf({ file: 'x' });
    await using((store) => add(store, tree));
    const [adder, collector] = [await open(), await open()];
    await add(adder, tree);
    expect((await collect(collector)).paths).toEqual([]);
    await adder.close();
    expect((await collect(collector)).paths).toEqual([tree.info.path]);
    await collector.close();
  });

  test('write packs anew that are mostly garbage, under the eyes of readers', async () => {
    const kept = textOf('kept', { name: 'kept' });
    const garbage = Array.from({ length: 40 }, (_, i) => sourceOf({ file: noise(20_000, i) }, { name: `g${i}` }));
    await using((store) => add(store, ...garbage, kept));
    const packs = filesBelow(state('packs'));
    const reader = await open();
    expect(Buffer.compare(await collectBytes(reader.nar(kept.info.path)), kept.nar)).toBe(0);
    const { bytesFreed } = await using(async (store) => {
      await store.collector!.addTemporaryRoots([kept.info.path]);
      return collect(store);
    });
    expect(bytesFreed).toBeGreaterThanOrEqual(800_000);
    const now = filesBelow(state('packs'));
    expect(now.some((file) => packs.includes(file))).toBe(false);
    expect(now.reduce((sum, file) => sum + fs.statSync(file).size, 0)).toBeLessThan(1000);
    expect(Buffer.compare(await collectBytes(reader.nar(kept.info.path)), kept.nar)).toBe(0);
    expect(await problemsOf(reader)).toEqual([]);
    await reader.close();
  });

  test('a pack is written on by the next, and grows no more than that', async () => {
    for (let i = 0; i < 5; i++) await using((store) => add(store, textOf(`text ${i}`)));
    expect(filesBelow(state('packs')).length).toBe(1);
  });
});

test('processes are told apart though their numbers are used again', () => {
  const own = thisProcess();
  expect(isRunning(own, Date.now())).toBe(true);
  expect(isRunning({ ...own, pid: 2 ** 22 + 1 }, Date.now())).toBe(false);
  expect(isRunning({ ...own, boot: 'another' }, Date.now())).toBe(false);
  if (own.start !== '') expect(isRunning({ ...own, start: '1' }, Date.now())).toBe(false);
  // One that cannot be seen from here counts for a day.
  const elsewhere = { ...own, namespace: 'pid:[1]' };
  expect(isRunning(elsewhere, Date.now())).toBe(true);
  expect(isRunning(elsewhere, 0)).toBe(false);
});
