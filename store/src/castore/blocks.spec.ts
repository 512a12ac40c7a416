import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noise } from '../testing/trees.ts';
import { BlockWriter, joinBlocks, partsOfBlocks, sizeOfBlocks } from './blocks.ts';

const bytes = noise(3_000_000);

function blocksOf(sizes: readonly number[], owned = false) {
  const writer = new BlockWriter();
  let at = 0;
  for (const size of sizes) {
    writer.append(bytes.slice(at, at + size), owned);
    at += size;
  }
  return writer.finish();
}

test('pieces of any size come out as they went in, whole and in part', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.nat(20), fc.nat(9000), fc.nat(400_000)), { maxLength: 6 }),
      fc.nat(1_000_000),
      fc.nat(1_000_000),
      fc.boolean(),
      (sizes, start, length, owned) => {
        const blocks = blocksOf(sizes, owned);
        const size = sizes.reduce((sum, each) => sum + each, 0);
        const end = Math.min(size, start + length);
        expect(sizeOfBlocks(blocks)).toBe(size);
        expect(Buffer.compare(joinBlocks(blocks), bytes.subarray(0, size))).toBe(0);
        const part = Buffer.concat([...partsOfBlocks(blocks, start, end)]);
        expect(Buffer.compare(part, bytes.subarray(start, Math.max(start, end)))).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('small pieces share blocks, and no block is larger than 1 MiB', () => {
  expect(blocksOf(new Array(5000).fill(1)).length).toBe(2);
  const large = blocksOf([3_000_000]);
  expect(large.map(({ length }) => length)).toEqual([1048576, 1048576, 902848]);
});

test('what is given away is kept as it is, unless it would keep more than itself', () => {
  const [most, little] = [new Uint8Array(2_000_000), new Uint8Array(2_000_000).subarray(0, 200_000)];
  const writer = new BlockWriter();
  for (const chunk of [bytes.subarray(0, 10), most, little]) writer.append(chunk, true);
  const blocks = writer.finish();
  expect(blocks.map(({ length }) => length)).toEqual([10, 2_000_000, 200_000]);
  expect(blocks[1]).toBe(most);
  expect(blocks[2]!.buffer).not.toBe(little.buffer);
  expect([...partsOfBlocks(blocks, 5, 2_000_020)].map(({ length }) => length)).toEqual([5, 1_048_576, 951_424, 10]);
});

test('no bytes are no blocks', () => {
  expect(blocksOf([0, 0])).toEqual([]);
  expect(joinBlocks([])).toEqual(new Uint8Array());
});
