/** What stores that own their contents have to do, as specs; part of store-tests.ts. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CollectorService, CollectResult, Store } from '../service.ts';
import { type Added, collectBytes, sourceOf, textOf } from './trees.ts';

const failure = (code: string, message?: string) =>
  expect.objectContaining({ code, ...(message ? { message: expect.stringContaining(message) } : {}) });

const text = (name: string, ...references: Added[]) =>
  textOf(`text of ${name}`, { name, references: references.map((added) => added.info.path) });

/** `renew` ends the temporary roots of what was added. */
export function collectorTests(current: () => Store, renew: () => Promise<void>): void {
  const add = async (...added: Added[]) => {
    for (const { info, nar } of added) await current().add(info, [nar]);
    await renew();
  };
  const collect = async (collector: CollectorService, mode: 'dead' | 'live' | 'delete'): Promise<CollectResult> => {
    const result = await collector.collect({ mode });
    return { ...result, paths: [...result.paths].sort() };
  };
  const pathsOf = (...added: Added[]) => added.map(({ info }) => info.path).sort();
  const valid = async (...added: Added[]) => [...(await current().pathInfos(pathsOf(...added))).keys()].sort();

  describe('collector', () => {
    const collectorTest = (name: string, run: () => Promise<void>) =>
      test(name, async ({ skip }) => {
        if (!current().collector) return skip('this store has none');
        await run();
      });
    const collector = () => current().collector!;

    collectorTest('what no root reaches is dead, and goes before what it refers to', async () => {
      const [a, c] = [text('a'), text('c')];
      const [on, over] = [text('on', a), text('over', text('on', a))];
      await add(a, on, over, c);
      await collector().addTemporaryRoots([c.info.path]);
      expect((await collect(collector(), 'live')).paths).toEqual(pathsOf(c));
      expect((await collect(collector(), 'dead')).paths).toEqual(pathsOf(a, on, over));
      expect(await valid(a, on, over, c)).toEqual(pathsOf(a, on, over, c));
      const order: string[] = [];
      const { bytesFreed } = await collector().collect({ mode: 'delete', onPath: (gone) => order.push(gone) });
      expect(order).toEqual([over, on, a].map(({ info }) => info.path));
      expect(bytesFreed).toBeGreaterThan(0);
      expect(await valid(a, on, over, c)).toEqual(pathsOf(c));
      expect(Buffer.compare(await collectBytes(current().nar(c.info.path)), c.nar)).toBe(0);
    });

    collectorTest('a link is a root for as long as it points to the path', async () => {
      const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-roots-')));
      try {
        const [kept, other] = [text('kept'), text('other')];
        await add(kept, other);
        const link = path.join(folder, 'result');
        fs.symlinkSync(kept.info.path, link);
        await collector().addIndirectRoot(link);
        const roots: { name: string; path: string }[] = [];
        for await (const root of collector().roots()) roots.push(root);
        expect(roots).toEqual([{ name: link, path: kept.info.path }]);
        expect((await collect(collector(), 'delete')).paths).toEqual(pathsOf(other));
        fs.rmSync(link);
        expect((await collect(collector(), 'delete')).paths).toEqual(pathsOf(kept));
      } finally {
        fs.rmSync(folder, { recursive: true });
      }
    });

    collectorTest('a path that was removed can be added again', async () => {
      const tree = sourceOf({ entries: { a: { file: 'x' }, b: { entries: { c: { file: 'y'.repeat(200_000) } } } } });
      await add(tree);
      await collect(collector(), 'delete');
      expect(await valid(tree)).toEqual([]);
      await add(tree);
      expect(Buffer.compare(await collectBytes(current().nar(tree.info.path)), tree.nar)).toBe(0);
    });

    collectorTest('contents that live paths share with dead ones stay', async () => {
      const shared = { entries: { s: { file: 'shared '.repeat(20_000) }, t: { file: 'also shared' } } };
      const dead = sourceOf({ entries: { shared, own: { file: 'own' } } });
      const live = sourceOf({ entries: { shared } });
      await add(dead, live);
      await collector().addTemporaryRoots([live.info.path]);
      await collect(collector(), 'delete');
      expect(Buffer.compare(await collectBytes(current().nar(live.info.path)), live.nar)).toBe(0);
    });

    collectorTest('paths asked for are removed when they are dead, with what refers to them', async () => {
      const a = text('a');
      const [on, live] = [text('on', a), text('live')];
      await add(a, on, live);
      await collector().addTemporaryRoots([live.info.path]);
      const specific = (added: Added, ignoreLiveness = false) =>
        collector().collect({ mode: 'specific', paths: [added.info.path], ignoreLiveness });
      await expect(specific(live)).rejects.toEqual(failure('in-use', 'still alive'));
      await expect(specific(a, true)).rejects.toEqual(failure('in-use', 'refers to it'));
      await expect(specific(text('missing'))).rejects.toEqual(failure('not-found'));
      expect((await specific(a)).paths).toEqual([on, a].map(({ info }) => info.path));
      expect(await valid(a, on, live)).toEqual(pathsOf(live));
    });

    collectorTest('a collection may be limited', async () => {
      const all = ['p', 'q', 'r'].map((name) => sourceOf({ file: name.repeat(10_000) }, { name }));
      await add(...all);
      const { paths } = await collector().collect({ mode: 'delete', maxFreed: 15_000 });
      expect(paths.length).toBe(2);
      expect((await valid(...all)).length).toBe(1);
    });

    collectorTest('a live path keeps its derivation', async () => {
      const drv = text('x.drv');
      const output = sourceOf({ file: 'output' }, { deriver: drv.info.path });
      await add(drv, output);
      await collector().addTemporaryRoots([output.info.path]);
      expect((await collect(collector(), 'dead')).paths).toEqual([]);
    });
  });
}
