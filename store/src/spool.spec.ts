import { expect, test } from 'vitest';
import { collect } from './compression/bytes.ts';
import { Spool } from './spool.ts';

test.each([
  ['in memory', 100],
  ['in a file', 10],
  ['in a file of many pieces', 0],
])('what was written is read, any number of times, %s', async (_, mostInMemory) => {
  const spool = new Spool(mostInMemory);
  const chunk = new Uint8Array(20);
  for (let i = 0; i < 4; i++) {
    // A chunk may be used again.
    await spool.write(chunk.fill(i));
  }
  expect(spool.size).toBe(80);
  for (let again = 0; again < 2; again++) {
    const bytes = (await collect(spool.read()))!;
    expect([...bytes]).toEqual(Array.from({ length: 80 }, (__, i) => Math.floor(i / 20)));
  }
  for await (const part of spool.read()) {
    expect(part.length).toBeGreaterThan(0);
    break;
  }
  await spool.close();
  expect(spool.size).toBe(0);
});
