/** What stores with a castore have to do, as specs; part of store-tests.ts. */
import { describe, expect, test } from 'vitest';
import { beginBlob } from '../castore/blob-sink.ts';
import { hex } from '../castore/bytes.ts';
import { encodeDirectory } from '../castore/directory.ts';
import type { Directory, Node } from '../castore/node.ts';
import type { Castore, Store } from '../service.ts';
import { blake3 } from '../wasm.ts';
import { collectBytes, noise, sourceOf, strangeTree } from './trees.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const absent = new Uint8Array(32).fill(9);
const failure = (code: string) => expect.objectContaining({ code });

export function castoreTests(current: () => Store): void {
  describe('castore', () => {
    const castoreTest = (name: string, run: (castore: Castore, store: Store) => Promise<void>) =>
      test(name, async ({ skip }) => {
        const { castore } = current();
        if (!castore) return skip('this store has none');
        await run(castore, current());
      });

    castoreTest('blobs come back by their BLAKE3 digests', async ({ blobs }) => {
      const contents = [new Uint8Array(), bytes('small'), noise(60_000), noise(1_500_000)];
      for (const blob of contents) {
        const digest = await blobs.put([blob.subarray(0, 10), blob.subarray(10)]);
        expect(hex(digest)).toBe(hex(blake3(blob)));
        expect(await blobs.has([digest, absent])).toEqual([true, false]);
        expect((await blobs.stat(digest))?.size).toBe(BigInt(blob.length));
        expect(Buffer.compare(await collectBytes(blobs.read(digest)), blob)).toBe(0);
        const part = await collectBytes(blobs.read(digest, { offset: 3, length: 50_000 }));
        expect(Buffer.compare(part, blob.subarray(3, 50_003))).toBe(0);
      }
    });

    castoreTest('many small blobs are put and read at once, in order', async ({ blobs }) => {
      const contents = [...Array.from({ length: 300 }, (_, i) => bytes(`blob ${i % 200}`)), new Uint8Array()];
      const digests = await blobs.putMany(contents);
      expect(digests.map(hex)).toEqual(contents.map((blob) => hex(blake3(blob))));
      const found = await blobs.readMany([...digests, absent]);
      expect(found.at(-1)).toBeUndefined();
      expect(found.slice(0, -1).map((blob) => Buffer.from(blob!).toString())).toEqual(contents.map((blob) => Buffer.from(blob).toString()));
      expect(await blobs.putMany([])).toEqual([]);
      expect(await blobs.readMany([])).toEqual([]);
    });

    castoreTest('a blob is written one call after another, and can be given up', async ({ blobs }) => {
      const buffer = new Uint8Array(50_000);
      for (const size of [0, 70, 200_000, 1_048_576, 2_300_001]) {
        const blob = noise(size, 77);
        const given = beginBlob(blobs, {});
        given.write(blob.subarray(0, 40_000));
        await given.discard(new Error('given up'));
        const sink = beginBlob(blobs, { executable: true });
        for (let at = 0; at < size; at += buffer.length) {
          const part = blob.subarray(at, at + buffer.length);
          buffer.set(part);
          sink.write(buffer.subarray(0, part.length));
          await sink.ready?.();
        }
        const digest = await sink.finish();
        expect(hex(digest)).toBe(hex(blake3(blob)));
        expect(Buffer.compare(await collectBytes(blobs.read(digest)), blob)).toBe(0);
      }
    });

    castoreTest('what is missing is said', async ({ blobs, directories }) => {
      expect(await blobs.stat(absent)).toBeUndefined();
      await expect(collectBytes(blobs.read(absent))).rejects.toEqual(failure('not-found'));
      expect(await directories.get(absent)).toBeUndefined();
      const found: Directory[] = [];
      for await (const directory of directories.getRecursive(absent)) found.push(directory);
      expect(found).toEqual([]);
    });

    castoreTest('directories come back, those below after those above, each once', async ({ blobs, directories }) => {
      const digest = await blobs.put([bytes('x')]);
      const leaf: Directory = { entries: [{ name: bytes('f'), node: { type: 'file', digest, size: 1n, executable: false } }] };
      const leafNode: Node = { type: 'directory', digest: blake3(encodeDirectory(leaf)), size: 2n };
      const root: Directory = {
        entries: [
          { name: bytes('a'), node: leafNode },
          { name: bytes('b'), node: leafNode },
        ],
      };
      await expect(directories.put([root])).rejects.toEqual(failure('invalid'));
      const [leafDigest, rootDigest] = await directories.put([leaf, root]);
      expect(hex(leafDigest!)).toBe(hex(leafNode.digest));
      expect(await directories.getMany([leafDigest!, absent, rootDigest!])).toEqual([leaf, undefined, root]);
      const found: Directory[] = [];
      for await (const directory of directories.getRecursive(rootDigest!)) found.push(directory);
      expect(found).toEqual([root, leaf]);
    });

    castoreTest('paths are registered by what is in the castore', async ({ blobs }, store) => {
      if (!store.register) return;
      const { info, nar } = sourceOf({ file: 'registered' });
      const node = (digest: Uint8Array): Node => ({ type: 'file', digest, size: 10n, executable: false });
      await expect(store.register([{ ...info, node: node(absent) }])).rejects.toEqual(failure('not-found'));
      await store.register([{ ...info, node: node(await blobs.put([bytes('registered')])) }]);
      expect(Buffer.compare(await collectBytes(store.nar(info.path)), nar)).toBe(0);
    });

    castoreTest('the node of a path that was added is known', async ({ directories }, store) => {
      const { info, nar } = sourceOf(strangeTree);
      await store.add(info, [nar]);
      const node = (await store.pathInfo(info.path))?.node;
      expect(node?.type).toBe('directory');
      const root = await directories.get((node as Extract<Node, { type: 'directory' }>).digest);
      expect(root?.entries.length).toBe(9);
    });
  });
}
