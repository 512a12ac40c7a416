import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyPaths } from '../copy.ts';
import { openStore } from '../index.ts';
import { fastFolder } from '../testing/fast-folder.ts';
import { samplePath } from '../testing/sample-closure.ts';
import { blake3, wasmHashes } from '../wasm.ts';
import { FileDigests, FileHasher } from './file-digests.ts';
import { compress, decompress } from './index.ts';
import type { Sums } from './sums.ts';

const sizes = [0, 1, 65_536, 65_537, 0, 1_300_000, 100, 2_500_000, 70_000];
const files = new Map(sizes.map((size, i) => [`file-${i}`, randomFillSync(Buffer.alloc(size))] as const));
const sample = samplePath('digests', files, []);
// A chunk is valid until the next is asked for.
const archive = Buffer.concat(Array.from(sample.nar(), (chunk) => Buffer.from(chunk)));
const expected = [...files.values()].map((contents) => blake3(contents));
const folder = fastFolder('vixen-digests-');
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

beforeAll(async () => {
  // More than goes through the thread pool.
  await all(compress('zstd', pieces(Buffer.alloc(20 * 1024 * 1024), 1024 * 1024), { ahead: 1, level: 1 }));
});

test.each([1000, 70_000, 1024 * 1024])('digests of files whose bytes come %i at once', (size) => {
  const hasher = new FileHasher(wasmHashes());
  const digests = new FileDigests();
  for (let at = 0; at < archive.length; at += size) digests.push(hasher.update(archive.subarray(at, at + size)));
  hasher.close();
  for (const digest of expected) expect(digests.next()).toEqual(digest);
  expect(() => digests.next()).toThrow('not known');
});

test('what is no archive has no digests', () => {
  const hasher = new FileHasher(wasmHashes());
  const damaged = Buffer.from(archive);
  damaged[100] = 0xff;
  expect(hasher.update(damaged)).toHaveLength(0);
  expect(hasher.update(archive)).toHaveLength(0);
  hasher.close();
});

test('the thread that decompresses tells the digests before the last bytes of their files', async () => {
  const packed = await all(compress('zstd', pieces(archive, 100_000), { ahead: 1, level: 1 }));
  const sums: Sums = { wantsFiles: true };
  const seen: Uint8Array[] = [];
  const hasher = new FileHasher(wasmHashes());
  for await (const chunk of decompress('zstd', pieces(packed, 65536), { ahead: 2, sums })) {
    for (let ended = hasher.update(chunk).length / 32; ended > 0; ended--) seen.push(Uint8Array.from(sums.files!.next()));
  }
  hasher.close();
  expect(seen).toEqual(expected);
});

test('a path copied with told digests is as one that is hashed where it arrives', async () => {
  const cache = await openStore(`file://${folder}/cache?compression=zstd`);
  const target = await openStore(`embedded://${folder}/target`);
  try {
    await cache.add(sample.info, sample.nar());
    await copyPaths(cache, target, [sample.info.path], { checkSignatures: false });
    const problems: string[] = [];
    await target.verify({ checkContents: true, onProblem: ({ message }) => problems.push(message) });
    expect(problems).toEqual([]);
    expect((await all(target.nar(sample.info.path))).equals(archive)).toBe(true);
  } finally {
    await cache.close();
    await target.close();
  }
});
