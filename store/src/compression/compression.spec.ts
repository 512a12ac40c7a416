import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../service.ts';
import { BufferPool, collect, inOrder, regroup } from './bytes.ts';
import { type Compression, compress, compressions, decompress, parseCompression } from './index.ts';
import type { Sums } from './sums.ts';
import { xzSize } from './xz-size.ts';
import { frameAt } from './zstd-frames.ts';

const all = async (source: Bytes) => (await collect(source))!;

function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Half of it noise. */
function sample(size: number): Buffer {
  const bytes = Buffer.alloc(size, 'what repeats itself, ');
  randomBytes(Math.floor(size / 2)).copy(bytes);
  return bytes;
}

const pack = (name: Compression, bytes: Uint8Array, level?: number) => all(compress(name, pieces(bytes, 100_000), { level, ahead: 2 }));
const writable = compressions.filter((name) => name !== 'bzip2');

describe.each(writable)('%s', (name) => {
  test.each([0, 1, 1000, 4_500_000])('%i bytes there and back', async (size) => {
    const bytes = sample(size);
    const packed = await pack(name, bytes, name === 'xz' ? 0 : undefined);
    expect((await all(decompress(name, pieces(packed, 65536)))).equals(bytes)).toBe(true);
  });

  test.skipIf(name === 'none')('what is damaged or ends too early', async () => {
    const packed = await pack(name, sample(100_000));
    const cut = packed.subarray(0, packed.length - 20);
    await expect(all(decompress(name, [cut]))).rejects.toMatchObject({ code: 'corrupt' });
    await expect(all(decompress(name, [Buffer.from('no such data at all')]))).rejects.toMatchObject({ code: 'corrupt' });
  });

  test('an error of the source comes through', async () => {
    const failure = new Error('away');
    async function* broken() {
      yield (await pack(name, sample(200_000))).subarray(0, 1000);
      throw failure;
    }
    await expect(all(decompress(name, broken()))).rejects.toBe(failure);
    await expect(all(compress(name, broken(), { ahead: 1 }))).rejects.toBe(failure);
  });

  test('who stops reading closes the source', async () => {
    const packed = await pack(name, sample(1_000_000), name === 'xz' ? 0 : undefined);
    let closed = false;
    async function* source() {
      try {
        for (;;) yield* pieces(packed, 1000);
      } finally {
        closed = true;
      }
    }
    const reading = decompress(name, name === 'none' ? source() : first(source(), packed.length));
    for await (const _ of reading) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(closed).toBe(true);
  });
});

async function* first(source: AsyncIterable<Uint8Array>, size: number) {
  let left = size;
  for await (const chunk of source) {
    yield chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const tools: [Compression, string][] = [
  ['xz', 'xz'],
  ['zstd', 'zstd'],
  ['gzip', 'gzip'],
  ['bzip2', 'bzip2'],
];

describe.each(tools)('%s, as the program %s has it', (name, program) => {
  const there = has(program);
  const suffix = there ? '' : ` (there is no ${program})`;

  test.skipIf(!there).each([10, 1_200_000])(`%i bytes of its making are read${suffix}`, async (size) => {
    const bytes = sample(size);
    const packed = spawnSync(program, ['-c', '-1'], { input: bytes, maxBuffer: 1e8 }).stdout;
    expect((await all(decompress(name, pieces(packed, 65536)))).equals(bytes)).toBe(true);
    const twice = Buffer.concat([packed, packed]);
    expect((await all(decompress(name, pieces(twice, 65536)))).equals(Buffer.concat([bytes, bytes]))).toBe(true);
  });

  test.skipIf(!there || name === 'bzip2')(`it reads what is written${suffix}`, async () => {
    const bytes = sample(4_500_000);
    const packed = await pack(name, bytes, 1);
    expect(spawnSync(program, ['-dc'], { input: packed, maxBuffer: 1e8 }).stdout.equals(bytes)).toBe(true);
  });

  test.skipIf(!there || (name !== 'zstd' && name !== 'xz'))(`one large piece goes through the streaming decoder${suffix}`, async () => {
    const bytes = Buffer.alloc(70 * 1024 * 1024, 'much of the same ');
    const packed = spawnSync(program, ['-c', '-1'], { input: bytes, maxBuffer: 1e8 }).stdout;
    let size = 0;
    for await (const chunk of decompress(name, [packed])) size += chunk.length;
    expect(size).toBe(bytes.length);
  });

  test.skipIf(!there || name !== 'xz')(`the size of an xz file is known before${suffix}`, async () => {
    for (const args of [['-1'], ['-1', '--check=none'], ['-1', '--block-size=100000'], ['--x86', '--lzma2=preset=1']]) {
      const packed = spawnSync(program, ['-c', ...args], { input: sample(300_000), maxBuffer: 1e8 }).stdout;
      expect(xzSize(packed)).toBe(300_000);
      expect(xzSize(packed.subarray(0, -8))).toBeUndefined();
      expect(xzSize(Buffer.concat([packed, packed]))).toBeUndefined();
    }
  });
});

describe('much of it', () => {
  const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
  // More than goes through the thread pool.
  const bytes = Buffer.concat(Array.from({ length: 12 }, () => sample(1_700_000)));

  test.each(['none', 'zstd', 'gzip'] as const)('%s: the sums of both sides', async (name) => {
    for (const ahead of [1, 2, 4]) {
      const [there, back]: [Sums, Sums] = [{}, {}];
      const packed = await all(compress(name, pieces(bytes, 100_000), { ahead, level: 1, sums: there }));
      expect((await all(decompress(name, pieces(packed, 65536), { ahead, sums: back }))).equals(bytes)).toBe(true);
      expect(there).toEqual({ source: sha256(bytes), result: sha256(packed) });
      expect(back).toEqual({ source: there.result, result: there.source });
    }
  });

  test('zstd: damage, noise that becomes larger, and who stops early', async () => {
    const noise = randomBytes(3_000_000);
    const packed = await pack('zstd', noise);
    expect(packed.length).toBeGreaterThan(noise.length);
    expect((await all(decompress('zstd', [packed]))).equals(noise)).toBe(true);
    const damaged = (await pack('zstd', Buffer.alloc(300_000, 'what repeats itself, '))).fill(0xff, 9, 10);
    await expect(all(decompress('zstd', [damaged], { ahead: 2, sums: {} }))).rejects.toMatchObject({ code: 'corrupt' });
    for await (const _ of compress('zstd', pieces(bytes, 100_000), { ahead: 1, sums: {} })) break;
  });

  test.skipIf(!has('zstd'))('zstd: what is streamed counts, too', async () => {
    const large = Buffer.alloc(70 * 1024 * 1024, 'much of the same ');
    const stream = spawnSync('zstd', ['-c', '-1'], { input: large, maxBuffer: 1e8 }).stdout;
    const packed = Buffer.concat([await pack('zstd', sample(100_000)), stream]);
    const sums: Sums = {};
    const result = createHash('sha256');
    for await (const chunk of decompress('zstd', pieces(packed, 65536), { ahead: 2, sums })) result.update(chunk);
    expect(sums).toEqual({ source: sha256(packed), result: new Uint8Array(result.digest()) });
  });
});

test('any bytes: the walkers over headers end', () => {
  const walk = (bytes: Uint8Array) => {
    const zstd = Buffer.concat([Buffer.from('28b52ffd', 'hex'), bytes]);
    const xz = Buffer.concat([Buffer.from('fd377a585a000001', 'hex'), bytes]);
    xzSize(xz);
    try {
      frameAt(zstd, 1 << 20);
    } catch (error) {
      expect(error).toMatchObject({ code: 'corrupt' });
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), walk));
});

test('a bomb is not made in one piece', async () => {
  // A frame of many blocks that repeat one byte 128 KiB times each.
  const block = Buffer.from([2 | ((131072 << 3) & 0xff), (131072 >> 5) & 0xff, (131072 >> 13) & 0xff, 0]);
  const bomb = Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...Array.from({ length: 2_000 }, () => block)]);
  expect(frameAt(bomb, 1 << 20)!.bound).toBeLessThan(2 << 20);
  let most = 0;
  for await (const chunk of decompress('zstd', [bomb])) {
    most += chunk.length;
    if (most > 1 << 22) break;
  }
  expect(most).toBeGreaterThan(1 << 22);
  expect(most).toBeLessThan(40 << 20);
});

test('names', () => {
  expect(parseCompression('')).toBe('none');
  expect(() => parseCompression('lzip')).toThrow("unknown compression method 'lzip'");
});

test('results come in order, and no more is done at once than allowed', async () => {
  let running = 0;
  let most = 0;
  async function* numbers() {
    for (let n = 0; n < 20; n++) yield n;
  }
  const work = async (n: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, n % 3));
    running--;
    return n;
  };
  const results: number[] = [];
  for await (const n of inOrder(numbers(), 3, work)) results.push(n);
  expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect(most).toBe(3);
});

test('regrouping', async () => {
  const sizes: number[] = [];
  const pool = new BufferPool(4, 2);
  for await (const { bytes, release } of regroup([new Uint8Array(5), new Uint8Array(0), new Uint8Array(10)], pool)) {
    sizes.push(bytes.length);
    release();
  }
  expect(sizes).toEqual([4, 4, 4, 3]);
});
