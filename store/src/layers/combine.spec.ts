import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreError } from '../errors.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { sampleClosure } from '../testing/sample-closure.ts';
import { storeTests } from '../testing/store-tests.ts';
import { collectBytes } from '../testing/trees.ts';
import { combined } from './combine.ts';
import { ForwardingStore } from './forward.ts';

storeTests('a near store with a far one', async (options) => combined(await openStore('memory:', options), [await openStore('memory:')]));

const samples = sampleClosure({ paths: 6, size: 1000 });
const top = samples.at(-1)!.info;
let near: Store;
let far: Store;
let store: Store;
beforeEach(async () => {
  near = await openStore('memory:', { requireSignatures: false });
  far = await openStore('memory:', { requireSignatures: false });
  for (const { info, nar } of samples) await far.add(info, nar());
  store = combined(near, [far]);
});
afterEach(() => store.close());

test('what only the far store has is there, and near when it has been read, with all that it refers to', async () => {
  expect(await store.pathInfo(top.path)).toMatchObject(top);
  expect((await store.pathInfos(samples.map(({ info }) => info.path))).size).toBe(6);
  expect(await store.pathFromHashPart(top.path.slice(11, 43))).toBe(top.path);
  expect(await near.pathInfo(top.path)).toBeUndefined();
  const [first, second] = await Promise.all([collectBytes(store.nar(top.path)), collectBytes(store.nar(top.path))]);
  expect(Buffer.compare(first!, second!)).toBe(0);
  expect((await near.pathInfos(samples.map(({ info }) => info.path))).size).toBe(6);
});

test('nothing is kept where that is not wanted, or not possible', async () => {
  class ReadOnly extends ForwardingStore {
    override async add(): Promise<void> {
      throw new StoreError('forbidden', 'read-only');
    }
  }
  for (const other of [combined(near, [far], { writeBack: false }), combined(new ReadOnly(near), [far])]) {
    expect((await collectBytes(other.nar(top.path))).length).toBe(top.narSize);
    expect(await near.pathInfo(top.path)).toBeUndefined();
  }
});

test('what the near store does not trust is not read', async () => {
  const { ca: _, ...plain } = samples[0]!.info;
  const source = await openStore('memory:', { requireSignatures: false });
  await source.add(plain, samples[0]!.nar());
  const strict = combined(await openStore('memory:'), [source]);
  await expect(collectBytes(strict.nar(plain.path))).rejects.toMatchObject({ code: 'untrusted' });
  await strict.close();
});

test('a far store that fails is passed over, by who wants that', async () => {
  class Away extends ForwardingStore {
    override async pathInfo(): Promise<never> {
      throw new StoreError('unavailable', 'away');
    }
    override async pathInfos(): Promise<never> {
      throw new StoreError('unavailable', 'away');
    }
  }
  const away = new Away(await openStore('memory:'));
  await expect(combined(near, [away, far]).pathInfo(top.path)).rejects.toThrow('away');
  const failures: Store[] = [];
  const tolerant = combined(near, [away, far], { onFailure: (failed) => failures.push(failed) });
  expect(await tolerant.pathInfo(top.path)).toMatchObject(top);
  expect((await tolerant.pathInfos([top.path])).size).toBe(1);
  expect(failures).toEqual([away, away]);
  await expect(collectBytes(store.nar('/nix/store/00000000000000000000000000000000-missing'))).rejects.toMatchObject({ code: 'not-found' });
});

test('logs and realisations of far stores', async () => {
  const id = `sha256:${'0'.repeat(64)}!out`;
  const drv = '/nix/store/00000000000000000000000000000001-x.drv';
  await far.logs!.put(drv, [Buffer.from('log')]);
  await far.realisations!.put({ id, outPath: top.path, signatures: [], dependentRealisations: {} });
  expect((await store.realisations!.get(id))!.outPath).toBe(top.path);
  expect(Buffer.from(await collectBytes((await store.logs!.get(drv))!)).toString()).toBe('log');
});
