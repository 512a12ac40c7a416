import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { sampleClosure } from '../testing/sample-closure.ts';
import { storeTests } from '../testing/store-tests.ts';
import { caching } from './cache.ts';
import { ForwardingStore } from './forward.ts';

storeTests('a cached store', async (options) => caching(await openStore('memory:', options), { negative: 0 }));

const [sample] = sampleClosure({ paths: 1, size: 1000 });
const { path } = sample!.info;
const hashPart = path.slice(11, 43);
let asked: string[];
let inner: Store;
class Counting extends ForwardingStore {
  override pathInfos(paths: readonly string[]) {
    asked.push(...paths);
    return super.pathInfos(paths);
  }
  override pathFromHashPart(part: string) {
    asked.push(part);
    return super.pathFromHashPart(part);
  }
}
beforeEach(async () => {
  asked = [];
  inner = await openStore('memory:', { requireSignatures: false });
});
afterEach(() => inner.close());

test('a question is asked once, also one without an answer, until something is written', async () => {
  const store = caching(new Counting(inner));
  for (let i = 0; i < 3; i++) {
    expect(await store.pathInfo(path)).toBeUndefined();
    expect(await store.pathFromHashPart(hashPart)).toBeUndefined();
  }
  expect(asked).toEqual([path, hashPart]);
  await store.add(sample!.info, sample!.nar());
  for (let i = 0; i < 3; i++) {
    expect((await store.pathInfos([path])).get(path)).toMatchObject(sample!.info);
    expect(await store.pathFromHashPart(hashPart)).toBe(path);
  }
  expect(asked).toHaveLength(4);
  await store.addSignatures(path, ['k:AAAA']);
  expect((await store.pathInfo(path))!.signatures).toEqual(['k:AAAA']);
});
