import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { encodeText, joinBytes } from '@vixen/eval-core';
import type { HasherFactory } from '@vixen/wasm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PackBlocks, type PackSource } from './blocks.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { PackError } from './errors.ts';
import { type BlockRef, blockName, formatManifest, manifestName, type PackManifest, parseManifest } from './format.ts';
import { decodeListing, encodeListing, type PackEntry } from './listing.ts';
import { openPack } from './tree.ts';

const hashers: HasherFactory = (algo) => {
  const hash = createHash(algo);
  const hasher = {
    update(data: Uint8Array) {
      hash.update(data);
      return hasher;
    },
    digest: () => new Uint8Array(hash.digest()),
  };
  return hasher;
};

interface Stored {
  ref: BlockRef;
  packed: Uint8Array<ArrayBuffer>;
}

function stored(raw: Uint8Array): Stored {
  const packed = new Uint8Array(deflateRawSync(raw));
  return { ref: { hash: createHash('sha256').update(packed).digest('hex'), size: packed.length, rawSize: raw.length }, packed };
}

/** A source of blocks that counts, and may be told to fail. */
class Memory implements PackSource {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly asked: string[] = [];
  failure: Error | undefined;

  add(raw: string | Uint8Array): BlockRef {
    const { ref, packed } = stored(typeof raw === 'string' ? encodeText(raw) : raw);
    this.files.set(blockName(ref), packed);
    return ref;
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    this.asked.push(name);
    if (this.failure) throw this.failure;
    const file = this.files.get(name);
    if (!file) throw new PackError('missing', name);
    return file;
  }
}

const someRef = (seed: string): BlockRef => stored(encodeText(seed.repeat(400))).ref;
const codeOf = (work: () => unknown) => {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof PackError ? error.code : error;
  }
};

describe('numbers', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 30) + 1, max: 2 ** 30 - 1 })), (numbers) => {
        const out = new ByteWriter();
        for (const number of numbers) out.signed(number).number(Math.abs(number));
        const reader = new ByteReader(out.result());
        expect(numbers.map(() => [reader.signed(), reader.number()])).toEqual(numbers.map((number) => [number, Math.abs(number)]));
      }),
    );
  });

  test('that do not end, or are too large, are damage', () => {
    expect(codeOf(() => new ByteReader(Uint8Array.of(0x80, 0x80)).number())).toBe('damaged');
    expect(codeOf(() => new ByteReader(new Uint8Array(12).fill(0xff)).number())).toBe('damaged');
  });
});

const refs = [someRef('a'), someRef('b'), someRef('c')];
const place = fc
  .record({ block: fc.constantFrom<BlockRef | undefined>(...refs, undefined), offset: fc.nat(300) })
  .map(({ block, offset }) => ({ block, offset: block ? offset : 0 }));
const entry: fc.Arbitrary<PackEntry> = fc.oneof(
  fc.record({ kind: fc.constantFrom('file' as const, 'executable' as const), place, length: fc.nat(100) }).map((file) => ({
    ...file,
    length: file.place.block ? file.length : 0,
  })),
  fc.record({ kind: fc.constant('folder' as const), place }),
  fc.record({ kind: fc.constant('symlink' as const), target: fc.string({ unit: 'binary' }) }),
);
const name = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');

describe('listings', () => {
  test('are read as they were written, wherever they begin', () => {
    fc.assert(
      fc.property(fc.dictionary(name, entry), fc.nat(20), (entries, offset) => {
        const bytes = joinBytes([new Uint8Array(offset), encodeListing(Object.entries(entries))]);
        expect(new Map(decodeListing(bytes, offset))).toEqual(new Map(Object.entries(entries)));
      }),
    );
  });

  test('whatever the bytes are, they are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(210), (bytes, offset) => {
        const code = codeOf(() => decodeListing(new Uint8Array(bytes), offset));
        expect([undefined, 'damaged']).toContain(code);
      }),
    );
  });

  const file = (offset: number, length: number): PackEntry => ({ kind: 'file', place: { block: refs[0], offset }, length });
  test.each([
    ['a name with a slash', { 'a/b': file(0, 1) }],
    ['a name that leads up', { '..': file(0, 1) }],
    ['a name of nothing', { '': file(0, 1) }],
    ['a file beyond its block', { a: file(399, 2) }],
  ])('%s is refused', (_what, entries) => {
    expect(codeOf(() => decodeListing(encodeListing(Object.entries(entries as Record<string, PackEntry>)), 0))).toBe('damaged');
  });

  test('two entries of one name are refused', () => {
    const twice = encodeListing([
      ['a', file(0, 1)],
      ['a', file(1, 1)],
    ]);
    expect(codeOf(() => decodeListing(twice, 0))).toBe('damaged');
  });
});

describe('the manifest', () => {
  const manifest: PackManifest = {
    label: '26.11',
    files: 3,
    bytes: 1000,
    packed: 300,
    root: { block: refs[0]!, offset: 7 },
    groups: [{ name: 'lib', ahead: 2, blocks: refs }],
  };
  const json = JSON.parse(formatManifest(manifest));

  test('is read as it was written', () => expect(parseManifest(formatManifest(manifest))).toEqual(manifest));

  test.each([
    ['a page instead', '<!doctype html>', 'absent'],
    ['something else', '{"format":"x"}', 'absent'],
    ['a later version', JSON.stringify({ ...json, version: 2 }), 'version'],
    ['a list', '[]', 'damaged'],
    ['no root', JSON.stringify({ ...json, root: undefined }), 'damaged'],
    ['a name that leads away', JSON.stringify({ ...json, root: { block: ['../../secret', 1, 1], offset: 0 } }), 'damaged'],
    ['a block of a gigabyte', JSON.stringify({ ...json, root: { block: [refs[0]!.hash, 1, 2 ** 30], offset: 0 } }), 'damaged'],
    ['more bytes than compressing makes', JSON.stringify({ ...json, root: { block: [refs[0]!.hash, 9999, 10], offset: 0 } }), 'damaged'],
  ])('%s is refused', (_what, text, code) => expect(codeOf(() => parseManifest(text))).toBe(code));
});

describe('blocks', () => {
  test('are fetched once, however many wait', async () => {
    const source = new Memory();
    const ref = source.add('some text');
    const blocks = new PackBlocks(source, [], { hashers });
    expect(blocks.peek(ref)).toBeUndefined();
    await Promise.all([blocks.load(ref), blocks.load(ref)]);
    expect(new TextDecoder().decode(blocks.peek(ref))).toBe('some text');
    expect(source.asked).toEqual([blockName(ref)]);
    expect(blocks.figures).toEqual({ blocks: 1, bytes: ref.size, fetched: 0, waiting: 0 });
  });

  test.each(['other bytes', 'a shorter one', 'no compressed data', 'more than it says'])('%s are refused', async (what) => {
    const source = new Memory();
    let ref = source.add('some text of a block');
    const packed = source.files.get(blockName(ref))!;
    if (what === 'other bytes') source.files.set(blockName(ref), packed.with(3, packed[3]! ^ 1) as Uint8Array<ArrayBuffer>);
    if (what === 'a shorter one') source.files.set(blockName(ref), packed.slice(1));
    if (what === 'no compressed data') {
      const bytes = encodeText('\xff\xff not compressed');
      ref = { hash: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, rawSize: 50 };
      source.files.set(blockName(ref), bytes);
    }
    if (what === 'more than it says') ref = { ...ref, rawSize: 3 };
    const blocks = new PackBlocks(source, [], { hashers });
    await expect(blocks.load(ref)).rejects.toMatchObject({ code: 'damaged' });
    expect(blocks.peek(ref)).toBeUndefined();
  });

  test('a failure is no memory: the next one who asks tries again', async () => {
    const source = new Memory();
    const ref = source.add('text');
    const blocks = new PackBlocks(source, [], { hashers });
    source.failure = new PackError('offline', 'no network');
    await expect(blocks.load(ref)).rejects.toThrow('no network');
    source.failure = undefined;
    await blocks.load(ref);
    expect(blocks.peek(ref)).toBeDefined();
  });

  test('a failure that nobody waits for is no end of the program', async () => {
    const source = new Memory();
    const ref = source.add('text');
    source.failure = new PackError('offline', 'no network');
    const unheard: unknown[] = [];
    const listen = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', listen);
    void new PackBlocks(source, [], { hashers }).load(ref);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unheard).toEqual([]);
  });

  test('the next ones of a group come along, and more of them the more it is used', async () => {
    const source = new Memory();
    const group = { name: 'g', ahead: 1, blocks: ['a', 'b', 'c', 'd', 'e', 'f'].map((text) => source.add(text)) };
    const blocks = new PackBlocks(source, [group], { hashers });
    const settled = async (i: number) => {
      await blocks.load(group.blocks[i]!);
      await expect.poll(() => blocks.figures.waiting).toBe(0);
      return blocks.figures.blocks;
    };
    expect(await settled(0)).toBe(2);
    expect(await settled(2)).toBe(5);
    expect(new Set(source.asked).size).toBe(source.asked.length);
  });

  test('what is used least makes room', async () => {
    const source = new Memory();
    const [a, b, c] = ['aaaa', 'bbbb', 'cccc'].map((text) => source.add(text));
    const blocks = new PackBlocks(source, [], { hashers, room: 8 });
    await blocks.load(a!);
    await blocks.load(b!);
    blocks.peek(a!);
    await blocks.load(c!);
    expect([a, b, c].map((ref) => blocks.peek(ref!) !== undefined)).toEqual([true, false, true]);
  });
});

test('a folder that holds itself is no endless work', async () => {
  const source = new Memory();
  const block = source.add(encodeListing([['again', { kind: 'folder', place: { block: undefined, offset: 0 } }]]));
  const manifest = formatManifest({ label: '', files: 0, bytes: 0, packed: 0, root: { block, offset: 0 }, groups: [] });
  source.files.set(manifestName, encodeText(manifest));
  const pack = await openPack(source, { hashers });
  const ready = async (work: () => unknown): Promise<unknown> => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Promise)) throw error;
      return error.then(() => ready(work));
    }
  };
  expect(await ready(() => pack.readDir('/again/again'))).toEqual([['again', 'directory']]);
  await expect(ready(() => pack.prepare('/'))).rejects.toThrow('too large');
});
