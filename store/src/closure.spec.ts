import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closureInfos, referrersClosure, topologicalOrder } from './closure.ts';
import type { PathInfo } from './path-info.ts';

const infoOf = (path: string, references: string[]): PathInfo => ({
  path,
  references,
  narHash: new Uint8Array(32),
  narSize: 0,
  signatures: [],
});

/** A graph without circles: each refers to some of those before it, and perhaps to itself. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 20 })
  .map((rows) => new Map(rows.map((row, i) => [`p${i}`, infoOf(`p${i}`, [...new Set(row.map((n) => `p${n % (i + 1)}`))])] as const)));

const storeOf = (infos: Map<string, PathInfo>) => ({
  pathInfos: async (paths: readonly string[]) =>
    new Map(paths.flatMap((path) => (infos.has(path) ? [[path, infos.get(path)!] as const] : []))),
  referrers: async (path: string) =>
    [...infos.values()].filter((info) => info.path !== path && info.references.includes(path)).map((info) => info.path),
});

test('what is referred to comes first', () => {
  fc.assert(
    fc.property(graphs, (infos) => {
      const order = topologicalOrder(infos);
      expect([...order].sort()).toEqual([...infos.keys()].sort());
      for (const { path, references } of infos.values()) {
        for (const reference of references) expect(order.indexOf(reference)).toBeLessThanOrEqual(order.indexOf(path));
      }
    }),
  );
});

test('circles are refused', () => {
  const infos = new Map([
    ['a', infoOf('a', ['b'])],
    ['b', infoOf('b', ['a'])],
  ]);
  expect(() => topologicalOrder(infos)).toThrow(/cycle/);
});

test('a closure is what can be reached, and referrers are its reverse', async () => {
  await fc.assert(
    fc.asyncProperty(graphs, async (infos) => {
      const store = storeOf(infos);
      const last = `p${infos.size - 1}`;
      const closure = await closureInfos(store, [last]);
      for (const path of infos.keys()) {
        expect((await referrersClosure(store, [path])).has(last)).toBe(closure.has(path));
      }
    }),
  );
});

test('a path that is not valid is named', async () => {
  const infos = new Map([['a', infoOf('a', ['gone'])]]);
  await expect(closureInfos(storeOf(infos), ['a'])).rejects.toThrow("path 'gone' is not valid");
});
