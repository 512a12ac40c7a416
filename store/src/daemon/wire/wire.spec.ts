import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveOf, collectBytes, noise, strangeTree } from '../../testing/trees.ts';
import { WireReader } from './reader.ts';
import { FramedSource, NarSource, SizedSource } from './sources.ts';
import { FramedSink, WireWriter } from './writer.ts';

const failure = (code: string) => expect.objectContaining({ code });

async function written(write: (out: WireWriter) => unknown): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const out = new WireWriter(async (all) => void parts.push(...all.map((bytes) => bytes.slice())));
  await write(out);
  await out.flush();
  return new Uint8Array(Buffer.concat(parts));
}

/** The bytes in pieces of these sizes, which repeat. */
async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array, void, void> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const readerOf = (bytes: Uint8Array, sizes: readonly number[] = [bytes.length || 1]) => new WireReader(inPieces(bytes, sizes));
const pieceSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('\udcff'), fc.string({ minLength: 30 }));
const anyBytes = fc.uint8Array({ maxLength: 100 });

test('the layout', async () => {
  const bytes = await written((out) => out.number(0x1_0000_0002).bool(true).text('abc').texts(['x', '']));
  expect(Buffer.from(bytes).toString('hex')).toBe(
    '0200000001000000' +
      '0100000000000000' +
      '03000000000000006162630000000000' +
      '0200000000000000' +
      '01000000000000007800000000000000' +
      '0000000000000000',
  );
});

test('what is written is read, whatever the pieces it comes in', async () => {
  const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const check = async (numbers: number[], texts: string[], blob: Uint8Array, flag: boolean, sizes: number[]) => {
    const bytes = await written((out) =>
      out
        .list(numbers, (value) => out.number(value))
        .texts(texts)
        .bytes(blob)
        .bool(flag),
    );
    const reader = readerOf(bytes, sizes);
    expect(await reader.list(() => reader.number())).toEqual(numbers);
    expect(await reader.texts()).toEqual(texts);
    expect(Buffer.compare(await reader.bytes(), blob)).toBe(0);
    expect(await reader.bool()).toBe(flag);
    expect(await reader.atEnd()).toBe(true);
  };
  await fc.assert(fc.asyncProperty(fc.array(number), fc.array(anyText), anyBytes, fc.boolean(), pieceSizes, check));
});

test('input that ends too soon is an error at every length', async () => {
  const bytes = await written((out) => out.texts(['one', 'another one']).bytes(noise(20)));
  for (let length = 0; length < bytes.length; length++) {
    const reader = readerOf(bytes.subarray(0, length), [7]);
    const read = async () => {
      await reader.texts();
      await reader.bytes();
    };
    await expect(read()).rejects.toEqual(failure('unavailable'));
  }
});

describe('hostile input', () => {
  test('padding has to be zeros', async () => {
    const bytes = await written((out) => out.text('abc'));
    bytes[12] = 1;
    await expect(readerOf(bytes).text()).rejects.toThrow('non-zero padding');
  });

  test('numbers that no number holds', async () => {
    await expect(readerOf(new Uint8Array(8).fill(255)).number()).rejects.toThrow('serialised integer 18446744073709551615 is too large');
    expect(await readerOf(new Uint8Array(8).fill(255)).bool()).toBe(true);
  });

  test('what is announced is not believed: a huge string, a long list, many small strings', async () => {
    const huge = await written((out) => out.number(2 ** 40));
    await expect(readerOf(huge).bytes()).rejects.toEqual(failure('exhausted'));
    const endless = (async function* () {
      yield await written((out) => out.number(2 ** 40));
      for (;;) yield new Uint8Array(64 * 1024);
    })();
    const list = new WireReader(endless);
    list.allow(1_000_000);
    await expect(list.texts()).rejects.toEqual(failure('exhausted'));
    const reader = readerOf(await written((out) => out.texts(['a'.repeat(100), 'b'.repeat(100)])));
    reader.allow(300);
    await expect(reader.texts()).rejects.toEqual(failure('exhausted'));
  });
});

describe('framed streams', () => {
  const framed = (chunks: readonly Uint8Array[]) =>
    written(async (out) => {
      const sink = new FramedSink(out);
      for (const chunk of chunks) await sink.write(chunk);
      await sink.end();
      out.text('after');
    });

  test('come back as they were, and what follows is found', async () => {
    const check = async (chunks: Uint8Array[], sizes: number[]) => {
      const reader = readerOf(await framed(chunks), sizes);
      expect(Buffer.compare(await collectBytes(new FramedSource(reader)), Buffer.concat(chunks))).toBe(0);
      expect(await reader.text()).toBe('after');
    };
    await fc.assert(fc.asyncProperty(fc.array(anyBytes, { maxLength: 6 }), pieceSizes, check));
  });

  test('may be left early', async () => {
    const reader = readerOf(await framed([noise(50), noise(50)]), [11]);
    const frames = new FramedSource(reader);
    for await (const chunk of frames) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await frames.drain();
    expect(await reader.text()).toBe('after');
  });

  test('frames that end too soon, and frames of absurd sizes', async () => {
    const bytes = await framed([noise(50)]);
    await expect(collectBytes(new FramedSource(readerOf(bytes.subarray(0, 40))))).rejects.toEqual(failure('unavailable'));
    await expect(collectBytes(new FramedSource(readerOf(new Uint8Array(8).fill(255))))).rejects.toEqual(failure('invalid'));
  });
});

test('an archive tells where it ends', async () => {
  const nar = archiveOf(strangeTree);
  const bytes = Buffer.concat([nar, await written((out) => out.text('after'))]);
  for (const sizes of [[bytes.length], [64 * 1024 + 1], [1000, 17]]) {
    const reader = readerOf(bytes, sizes);
    expect(Buffer.compare(await collectBytes(new NarSource(reader)), nar)).toBe(0);
    expect(await reader.text()).toBe('after');
  }
  await expect(collectBytes(new NarSource(readerOf(new Uint8Array(64))))).rejects.toEqual(failure('invalid'));
});

test('a part of a stream ends where it was said to', async () => {
  const reader = readerOf(await written((out) => out.number(1).number(2)), [5]);
  expect((await collectBytes(new SizedSource(reader, 8)))[0]).toBe(1);
  expect(await reader.number()).toBe(2);
});
