import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mapLimit, pause } from './concurrency.ts';
import { runGraph } from './graph.ts';
import { TtlCache } from './ttl-cache.ts';

const graphs = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 20 }).map((rows) => {
  const keys = rows.map((_, i) => `k${i}`);
  const before = new Map(rows.map((row, i) => [`k${i}`, [...new Set(row.map((n) => `k${n % (i + 1)}`)), 'elsewhere']]));
  return { keys, before };
});

test('each after what it waits for, all of them, not too many at once', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async ({ keys, before }, limit) => {
      const done = new Set<string>();
      let running = 0;
      await runGraph(
        keys,
        (key) => before.get(key)!,
        limit,
        async (key) => {
          running++;
          expect(running).toBeLessThanOrEqual(limit);
          for (const other of before.get(key)!) if (other !== key && other !== 'elsewhere') expect(done.has(other)).toBe(true);
          await pause(0);
          running--;
          done.add(key);
        },
      );
      expect(done.size).toBe(keys.length);
    }),
  );
});

test('the first failure ends the others, and they are waited for', async () => {
  const failure = new Error('no');
  let ended = 0;
  const work = async (key: string, signal: AbortSignal) => {
    if (key === 'b') throw failure;
    await pause(10_000, signal).finally(() => ended++);
  };
  await expect(runGraph(['a', 'b', 'c', 'd'], () => [], 3, work)).rejects.toBe(failure);
  expect(ended).toBe(2);
  await expect(mapLimit(['a', 'b', 'c', 'd'], 3, work)).rejects.toBe(failure);
  expect(ended).toBe(4);
});

test('a signal ends it', async () => {
  const reason = new Error('enough');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 10);
  await expect(
    runGraph(
      ['a'],
      () => [],
      1,
      (_, signal) => pause(10_000, signal),
      stop.signal,
    ),
  ).rejects.toBe(reason);
  await expect(mapLimit(['a'], 1, async () => 1, stop.signal)).rejects.toBe(reason);
  await expect(pause(1, stop.signal)).rejects.toBe(reason);
});

test('results in the order of the items', async () => {
  const twice = async (n: number) => {
    await pause(n);
    return n * 2;
  };
  expect(await mapLimit([3, 1, 2], 2, twice)).toEqual([6, 2, 4]);
});

test('a cache forgets what is old, and what was used longest ago', () => {
  let now = 0;
  const cache = new TtlCache<string, number>({ limit: 2, positive: 100, negative: 10, now: () => now });
  cache.set('a', 1);
  cache.set('b', undefined);
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toMatchObject([{ value: 1 }, { value: undefined }, undefined]);
  now = 11;
  expect(cache.get('b')).toBeUndefined();
  cache.set('b', 2);
  cache.get('a');
  cache.set('c', 3);
  expect([cache.get('a')?.value, cache.get('b')?.value, cache.get('c')?.value]).toEqual([1, undefined, 3]);
  now = 200;
  expect(cache.get('c')).toBeUndefined();
});
