/** The client: servers that die, lie, dawdle or are not there. */
import { afterEach, describe, expect, test } from 'vitest';
import { encodeDirectory } from '../castore/directory.ts';
import { memoryCastore } from '../castore/memory.ts';
import type { Directory } from '../castore/node.ts';
import { StoreError } from '../errors.ts';
import { openStore } from '../open.ts';
import type { BlobService, Castore, ReadBlobOptions, Store } from '../service.ts';
import { serveForTest } from '../testing/grpc-server.ts';
import { collectBytes, noise, sourceOf, textOf } from '../testing/trees.ts';
import { Tunnel } from '../testing/tunnel.ts';
import { blake3 } from '../wasm.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const failure = (code: string) => expect.objectContaining({ code });
const opened: Store[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

async function client(url: string): Promise<Store> {
  const store = await openStore(url);
  opened.push(store);
  return store;
}

/** A store like another, with parts of its own. */
const changed = (store: Store, parts: Partial<Store>): Store => Object.assign(Object.create(store) as Store, parts);

const withBlobs = (store: Store, parts: Partial<BlobService>): Store => {
  const castore = store.castore!;
  return changed(store, { castore: { ...castore, blobs: Object.assign(Object.create(castore.blobs) as BlobService, parts) } });
};

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(condition()).toBe(true);
}

describe('a server that dies', () => {
  async function throughTunnel(onlySnix = false) {
    const served = await openStore('memory:');
    const server = await serveForTest(served, { onlySnix });
    const tunnel = await Tunnel.before(server.addresses[0]!);
    return { served, tunnel, store: await client(`grpc+http://${tunnel.address}`) };
  }

  test.each([false, true])('while it sends a blob or an archive: the rest comes from the next (only Snix: %s)', async (onlySnix) => {
    const { served, tunnel, store } = await throughTunnel(onlySnix);
    const contents = noise(5_000_000);
    const added = sourceOf({ entries: { a: { file: contents }, b: { file: 'b' } } });
    await served.add(added.info, [added.nar]);
    tunnel.cutAfter(2_000_000);
    expect(Buffer.compare(await collectBytes(store.castore!.blobs.read(blake3(contents))), contents)).toBe(0);
    tunnel.cutAfter(3_000_000);
    expect(Buffer.compare(await collectBytes(store.nar(added.info.path)), added.nar)).toBe(0);
    expect(tunnel.connections).toBe(3);
  });

  test('and is back a moment later: calls that change nothing, or the same twice, do not notice', async () => {
    const { served, tunnel, store } = await throughTunnel();
    const added = textOf('text');
    await served.add(added.info, [added.nar]);
    const calls: (() => Promise<unknown>)[] = [
      () => store.pathInfo(added.info.path),
      () => store.castore!.blobs.putMany([bytes('x')]),
      () => store.castore!.blobs.put([bytes('y')]),
      () => store.add(added.info, [added.nar]),
      () => store.castore!.blobs.has([new Uint8Array(32)]),
    ];
    for (const call of calls) {
      tunnel.downFor(150);
      await call();
    }
  });

  test('while a blob that cannot be read again is sent: the caller is told', async () => {
    const { tunnel, store } = await throughTunnel();
    let closed = false;
    const once = async function* () {
      try {
        for (let i = 0; i < 50; i++) {
          if (i === 10) tunnel.cut();
          yield noise(100_000);
        }
      } finally {
        closed = true;
      }
    };
    await expect(store.castore!.blobs.put(once())).rejects.toEqual(failure('unavailable'));
    await until(() => closed);
  });

  test('for good: calls fail in bounded time', async () => {
    const { tunnel, store } = await throughTunnel();
    await tunnel.close();
    const start = Date.now();
    await expect(store.pathInfo(textOf('text').info.path)).rejects.toEqual(failure('unavailable'));
    expect(Date.now() - start).toBeLessThan(20_000);
  });

  test('what it kept for us is named to the next', async () => {
    const { served, tunnel, store } = await throughTunnel();
    const leases = () => kept.length;
    const kept: string[][] = [];
    const add = served.collector!.addTemporaryRoots.bind(served.collector);
    served.collector!.addTemporaryRoots = async (paths) => {
      kept.push([...paths]);
      return add(paths);
    };
    const { path } = textOf('text').info;
    await store.collector!.addTemporaryRoots([path]);
    expect(kept).toEqual([[path]]);
    tunnel.cut();
    await until(() => leases() === 2);
    expect(kept).toEqual([[path], [path]]);
  });
});

describe('leases', () => {
  test('what a client keeps is let go when it closes, or is cut off', async () => {
    const served = await openStore('memory:');
    const events: string[] = [];
    const openLease = async () =>
      changed(served, {
        collector: Object.assign(Object.create(served.collector!) as NonNullable<Store['collector']>, {
          addTemporaryRoots: async (paths: readonly string[]) => void events.push(`keep ${paths.length}`),
        }),
        close: async () => void events.push('close'),
      });
    const server = await serveForTest(served, { openLease });
    const store = await openStore(server.url);
    await store.collector!.addTemporaryRoots([textOf('a').info.path, textOf('b').info.path]);
    await store.collector!.addTemporaryRoots([textOf('c').info.path]);
    expect(events).toEqual(['keep 2', 'keep 1']);
    await store.close();
    await until(() => events.length === 3);
    expect(events.at(-1)).toBe('close');
  });
});

describe('a server that lies', () => {
  const contents = bytes('contents');
  const digest = blake3(contents);
  const other = bytes('other');

  test.each([false, true])('about blobs (only Snix: %s)', async (onlySnix) => {
    const served = withBlobs(await openStore('memory:'), {
      async *read() {
        yield other.slice();
      },
      readMany: async (digests) => digests.map(() => other),
      stat: async () => ({ size: BigInt(other.length), chunks: [] }),
    });
    const { blobs } = (await client((await serveForTest(served, { onlySnix })).url)).castore!;
    await expect(collectBytes(blobs.read(digest))).rejects.toEqual(failure('corrupt'));
    await expect(blobs.readMany([digest])).rejects.toEqual(failure('corrupt'));
  });

  test.each([false, true])('about directories (only Snix: %s)', async (onlySnix) => {
    const castore = memoryCastore();
    const leaf: Directory = { entries: [{ name: bytes('l'), node: { type: 'symlink', target: bytes('x') } }] };
    const [leafDigest] = await castore.directories.put([leaf]);
    const lying: Castore = {
      ...castore,
      directories: {
        get: async () => leaf,
        getMany: async (digests) => digests.map(() => leaf),
        put: async (directories) => directories.map(() => leafDigest!),
        async *getRecursive() {
          yield { entries: [] };
          yield leaf;
        },
      },
    };
    const served = changed(await openStore('memory:'), { castore: lying });
    const { directories } = (await client((await serveForTest(served, { onlySnix })).url)).castore!;
    const empty = blake3(encodeDirectory({ entries: [] }));
    const all = async () => {
      for await (const _ of directories.getRecursive(empty));
    };
    await expect(directories.get(empty)).rejects.toEqual(failure('corrupt'));
    await expect(directories.getMany([empty])).rejects.toEqual(failure('corrupt'));
    await expect(all()).rejects.toEqual(failure('corrupt'));
    if (!onlySnix) await expect(directories.put([{ entries: [] }])).rejects.toEqual(failure('corrupt'));
  });

  test('about how much it was asked for', async () => {
    const served = withBlobs(await openStore('memory:'), { has: async () => [true], putMany: async () => [] });
    const { blobs } = (await client((await serveForTest(served)).url)).castore!;
    await expect(blobs.has([digest, digest])).rejects.toEqual(failure('corrupt'));
    await expect(blobs.putMany([contents])).rejects.toEqual(failure('corrupt'));
  });
});

describe('cancelling', () => {
  test('a client that gives up lets go what the server holds for it', async () => {
    const events: string[] = [];
    const served = withBlobs(await openStore('memory:'), {
      async *read(_: Uint8Array, { signal }: ReadBlobOptions = {}) {
        signal!.addEventListener('abort', () => events.push('aborted'));
        try {
          for (;;) {
            signal!.throwIfAborted();
            yield noise(200_000);
          }
        } finally {
          events.push('closed');
        }
      },
    });
    const store = await client((await serveForTest(served)).url);
    const reason = new Error('enough');
    const controller = new AbortController();
    const read = async () => {
      let count = 0;
      for await (const _ of store.castore!.blobs.read(new Uint8Array(32), { signal: controller.signal })) {
        if (++count === 20) controller.abort(reason);
      }
    };
    await expect(read()).rejects.toBe(reason);
    await until(() => events.length === 2);
    expect([...events].sort()).toEqual(['aborted', 'closed']);
    // Who simply leaves the loop does the same.
    for await (const _ of store.castore!.blobs.read(new Uint8Array(32))) break;
    await until(() => events.length === 4);
  });

  test('a call that waits for its answer', async () => {
    const aborted = withResolvers();
    const served = changed(await openStore('memory:'), {
      pathFromHashPart: (_: string, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => {
            aborted.resolve();
            reject(signal!.reason);
          });
        }),
    });
    const store = await client((await serveForTest(served)).url);
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    await expect(store.pathFromHashPart('0'.repeat(32), { signal: controller.signal })).rejects.toBe(reason);
    await aborted.promise;
  });

  test('a call that takes longer than its time', async () => {
    let aborted = 0;
    const served = changed(await openStore('memory:'), {
      pathFromHashPart: (_: string, { signal } = {}) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => {
            aborted++;
            reject(signal!.reason);
          });
        }),
    });
    const { url } = await serveForTest(served);
    const store = await client(`${url}?timeout=2`);
    await expect(store.pathFromHashPart('0'.repeat(32))).rejects.toEqual(failure('unavailable'));
    await until(() => aborted > 0);
    // It was not made again: the next would take as long.
    expect(aborted).toBe(1);
  });

  test('a source that fails', async () => {
    const store = await client((await serveForTest(await openStore('memory:'))).url);
    const reason = new Error('disk on fire');
    const failing = async function* () {
      yield noise(100_000);
      throw reason;
    };
    await expect(store.castore!.blobs.put(failing())).rejects.toBe(reason);
    await expect(store.add(textOf('x').info, failing())).rejects.toBe(reason);
  });
});

test('nobody sends faster than the other side takes', async () => {
  let [made, taken] = [0, 0];
  const release = withResolvers();
  const served = withBlobs(await openStore('memory:'), {
    async *read() {
      for (; made < 400; made++) yield noise(100_000);
    },
    async put(contents) {
      for await (const _ of contents) {
        taken++;
        if (taken === 3) await release.promise;
      }
      return new Uint8Array(32);
    },
  });
  const { blobs } = (await client((await serveForTest(served)).url)).castore!;
  const reader = blobs.read(new Uint8Array(32))[Symbol.asyncIterator]();
  await reader.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(made).toBeLessThan(200);
  await reader.return?.();

  let sent = 0;
  const source = async function* () {
    for (; sent < 400; sent++) yield noise(100_000);
  };
  const put = blobs.put(source());
  await until(() => taken === 3);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(sent).toBeLessThan(200);
  release.resolve();
  await put;
  expect(taken).toBe(400);
});

describe('URLs', () => {
  test.each([
    ['grpc+unix:', 'absolute path'],
    ['grpc+unix://host/path', 'absolute path'],
    ['grpc+http:///path', '//host:port'],
    ['grpc+http://host:1/path', '//host:port'],
    ['grpc+http://host:1?timeout=soon', 'number of seconds'],
    ['grpc+http://host:1?speed=high', 'is not a setting'],
    ['grpc+http://host:1?ca=/etc/hosts', 'grpc+https:'],
  ])('%s is refused', async (url, message) => {
    await expect(openStore(url)).rejects.toEqual(expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }));
  });

  test('a file that is not there', async () => {
    await expect(openStore('grpc+http://host:1?token-file=/nowhere/token')).rejects.toEqual(failure('io'));
  });

  test('a server that is not there', async () => {
    await expect(openStore('grpc+unix:///nowhere/socket')).rejects.toBeInstanceOf(StoreError);
  });
});

function withResolvers(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
