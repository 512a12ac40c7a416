import { expect, test } from 'vitest';
import { batchSize, recordsOf, WriteBatch } from './write-batch.ts';

const text = (length: number) => new Uint8Array(length).fill(120);

test('batches grow with what is added, up to their size', () => {
  const batch = new WriteBatch();
  const first = batch.buffer.byteLength;
  expect(first).toBeLessThan(batchSize);
  batch.begin(text(10), true);
  expect(batch.add(text(100))).toBe(100);
  batch.addPlace({ digest: text(32), file: 1, offset: 2, size: 3 });
  expect(batch.buffer.byteLength).toBe(first);
  batch.begin(text(4000), false);
  expect(batch.add(text(batchSize))).toBeLessThan(batchSize);
  expect([batch.buffer.byteLength, batch.used]).toEqual([batchSize, batchSize]);
  expect(batch.add(text(1))).toBe(0);
});

test('records come back as they were added', () => {
  const batch = new WriteBatch(new ArrayBuffer(16));
  for (let i = 1; i <= 50; i++) {
    batch.begin(text(i), i % 2 === 0);
    batch.add(text(i * 100));
  }
  batch.markMore();
  const records = [...recordsOf(batch.buffer, batch.used)];
  expect(records.map(({ path, contents }) => [path.length, contents.length])).toEqual(
    Array.from({ length: 50 }, (_, i) => [i + 1, (i + 1) * 100]),
  );
  expect(records.at(-1)).toMatchObject({ more: true, executable: true });
});
