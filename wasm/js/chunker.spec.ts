import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkBoundaries, Chunker } from './chunker.ts';
import { WasmHashes } from './module.ts';
import { joinBytes } from './text.ts';

const wasm = new WasmHashes(new WebAssembly.Module(readFileSync(new URL('../build/vixen-wasm.wasm', import.meta.url))));

const gear = Array.from({ length: 256 }, (_, byte) => createHash('md5').update(Buffer.alloc(64, byte)).digest().readBigUInt64BE());
// Masks of 7, 8, 9 and 10 bits, which averages of 256 and 512 bytes use; and those of 256 KiB.
const masks = new Map([
  [256, [0x0000019000353000n, 0x0000000018035100n]],
  [512, [0x0000590003530000n, 0x0000001800035300n]],
  [256 * 1024, [0x0000d91707537000n, 0x0000d90703537000n]],
]);

/** The algorithm as the crate's documentation and the paper tell it, one byte after the other, over all of the input. */
function naive(bytes: Uint8Array, average: number): number[] {
  const [strict, loose] = masks.get(average)!;
  const lengths: number[] = [];
  for (let start = 0; start < bytes.length; ) {
    const length = naiveCut(bytes.subarray(start), average, strict!, loose!);
    lengths.push(length);
    start += length;
  }
  return lengths;
}

function naiveCut(bytes: Uint8Array, average: number, strict: bigint, loose: bigint): number {
  if (bytes.length <= average / 2) return bytes.length;
  const end = Math.min(bytes.length, average * 2);
  let hash = 0n;
  // Two bytes a step: the last of an odd number is not looked at.
  for (let i = average / 2; i < end - (end % 2); i++) {
    hash = BigInt.asUintN(64, (hash << 1n) + gear[bytes[i]!]!);
    if ((hash & (i < average ? strict : loose)) === 0n) return i;
  }
  return end;
}

/** Numbers of a linear congruential generator (Numerical Recipes' constants): the same bytes in every run. */
function noise(length: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function boundaries(pieces: readonly Uint8Array[], average: number): number[] {
  const chunker = new ChunkBoundaries(wasm, { average });
  const lengths = pieces.flatMap((piece) => chunker.write(piece));
  const last = chunker.end();
  return last === 0 ? lengths : [...lengths, last];
}

/** Bytes in pieces of any sizes, empty ones too. */
const pieces = (maxLength: number) =>
  fc
    .tuple(fc.uint8Array({ maxLength, size: 'max' }), fc.array(fc.nat({ max: 700 }), { minLength: 1, maxLength: 40 }))
    .map(([bytes, sizes]) => {
      const parts: Uint8Array[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = i < 1000 ? sizes[i % sizes.length]! : bytes.length;
        parts.push(bytes.subarray(at, at + size));
        at += size;
      }
      return { bytes, parts };
    });

describe('chunk boundaries', () => {
  test.each([256, 512])('are those of the algorithm, however the input comes (average %i)', (average) => {
    fc.assert(
      fc.property(pieces(6000), ({ bytes, parts }) => {
        expect(boundaries(parts, average)).toEqual(naive(bytes, average));
      }),
      { numRuns: 60 },
    );
  });

  test('are those of the algorithm over megabytes with the default average', () => {
    const bytes = noise(3_000_001);
    const lengths = naive(bytes, 256 * 1024);
    expect(boundaries([bytes], 256 * 1024)).toEqual(lengths);
    expect(boundaries([bytes.subarray(0, 1_234_567), bytes.subarray(1_234_567)], 256 * 1024)).toEqual(lengths);
    expect(lengths.length).toBeGreaterThan(6);
  });

  // What the Rust crate's FastCDC::new(bytes, average / 2, average, average * 2) of version 3.2.1 says of the same bytes.
  test.each<[number, number, number[]]>([
    [512, 4628, [535, 417, 685, 357, 1024, 619, 603, 706, 558, 557, 526, 351, 1024, 797, 726, 296]],
    [4096, 574, [4196, 5546, 4356, 5357, 2401, 3429, 2951, 2203, 3895, 4672, 7136, 2295, 6223, 5653, 5045, 2157]],
    [65536, 37, [67515, 106956, 93246, 71655, 76006, 72021, 128323, 131072, 96670, 76795, 81068, 70474, 51869, 52473, 74769, 71276]],
    [262144, 10, [339372, 428585, 257457, 150729, 301157, 309881, 268135, 268705, 524288, 151692]],
    [1048576, 4, [1176143, 1228436, 544253, 51169]],
  ])('are those of the crate fastcdc (average %i)', (average, count, first) => {
    const lengths = boundaries([noise(3_000_001)], average);
    expect(lengths.length).toBe(count);
    expect(lengths.slice(0, 16)).toEqual(first);
  });

  test('bytes that never cut end at the maximum, an empty input has no chunk', () => {
    expect(boundaries([new Uint8Array(1200)], 256)).toEqual([512, 512, 176]);
    expect(boundaries([], 256)).toEqual([]);
  });

  test.each([255, 300, 128, 2 ** 23])('an average of %i is refused', (average) => {
    expect(() => new ChunkBoundaries(wasm, { average })).toThrow(RangeError);
  });
});

describe('a chunker', () => {
  test('gives chunks that together are the input', () => {
    fc.assert(
      fc.property(pieces(6000), ({ bytes, parts }) => {
        const chunks: Uint8Array[] = [];
        const chunker = new Chunker(wasm, (chunk) => chunks.push(chunk.slice()), { average: 256 });
        for (const part of parts) chunker.write(part);
        chunker.end();
        expect(joinBytes(chunks)).toEqual(bytes);
        expect(chunks.map(({ length }) => length)).toEqual(boundaries([bytes], 256));
      }),
      { numRuns: 60 },
    );
  });

  test('inserted bytes change the chunks around them alone', () => {
    const bytes = noise(40_000, 7);
    const chunksOf = (input: Uint8Array) => {
      const chunks = new Set<string>();
      const chunker = new Chunker(wasm, (chunk) => chunks.add(Buffer.from(chunk).toString('latin1')), { average: 512 });
      chunker.write(input);
      chunker.end();
      return chunks;
    };
    const before = chunksOf(bytes);
    const after = chunksOf(joinBytes([bytes.subarray(0, 20_000), noise(10, 3), bytes.subarray(20_000)]));
    const shared = [...after].filter((chunk) => before.has(chunk)).length;
    expect(shared).toBeGreaterThan(after.size * 0.8);
  });

  test('is used up by its end', () => {
    const chunker = new Chunker(wasm, () => {});
    chunker.end();
    expect(() => chunker.write(new Uint8Array(1))).toThrow('closed');
  });
});
