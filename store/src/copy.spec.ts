import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CopyEvent, type CopyTotals, copyPaths } from './copy.ts';
import { ForwardingStore } from './layers/forward.ts';
import { openStore } from './open.ts';
import type { NarOptions, Store } from './service.ts';
import { type SamplePath, sampleClosure } from './testing/sample-closure.ts';
import { collectBytes } from './testing/trees.ts';

const samples = sampleClosure({ paths: 30, size: 200_000, files: 5 });
const top = samples.at(-1)!.info;
const all = samples.map(({ info }) => info.path).sort();
let from: Store;
let to: Store;

beforeEach(async () => {
  from = await openStore('memory:', { requireSignatures: false });
  to = await openStore('memory:', { requireSignatures: false });
  for (const { info, nar } of samples) await from.add(info, nar());
});
afterEach(async () => {
  await from.close();
  await to.close();
});

/** As a store without a castore has it: archives. */
class Archives extends ForwardingStore {
  override get castore() {
    return undefined;
  }
}

async function pathsOf(store: Store): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of store.paths()) paths.push(path);
  return paths.sort();
}

test.each([
  ['by what they consist of', (store: Store) => store],
  ['as archives', (store: Store) => new Archives(store)],
])('a closure, %s', async (_, view) => {
  const events: CopyEvent[] = [];
  let last: CopyTotals | undefined;
  const onEvent = (event: CopyEvent, totals: CopyTotals) => {
    events.push(event);
    last = totals;
  };
  const { copied, present } = await copyPaths(view(from), to, [top.path], { onEvent });
  expect([...copied].sort()).toEqual(all);
  expect(present).toBe(0);
  expect(await pathsOf(to)).toEqual(all);
  for (const { info, nar } of samples) {
    expect(await to.pathInfo(info.path)).toMatchObject(info);
    expect(Buffer.compare(await collectBytes(to.nar(info.path)), await collectBytes(nar()))).toBe(0);
  }
  const bytes = samples.reduce((sum, { info }) => sum + info.narSize, 0);
  expect(last).toMatchObject({ paths: 30, donePaths: 30, bytes, doneBytes: bytes });
  expect(events[0]).toEqual({ type: 'planned' });
  expect(events.filter(({ type }) => type === 'done')).toHaveLength(30);
  expect(await copyPaths(view(from), to, [top.path])).toEqual({ copied: [], present: 30 });
});

test('only the paths themselves', async () => {
  const lonely = samples.find(({ info }) => info.references.length === 0)!.info.path;
  expect(await copyPaths(from, to, [lonely, lonely], { closure: false })).toEqual({ copied: [lonely], present: 0 });
  await expect(copyPaths(from, to, [top.path], { closure: false })).rejects.toMatchObject({ code: 'not-found' });
  await expect(copyPaths(to, from, [top.path])).rejects.toThrow(`path '${top.path}' is not valid`);
});

test('signatures are checked by who receives', async () => {
  const strict = await openStore('memory:');
  const { ca: _, ...unsigned } = samples.find(({ info }) => info.references.length === 0)!.info;
  const source = await openStore('memory:', { requireSignatures: false });
  await source.add(unsigned, from.nar(unsigned.path));
  for (const view of [source, new Archives(source)]) {
    await expect(copyPaths(view, strict, [unsigned.path])).rejects.toMatchObject({ code: 'untrusted' });
  }
  expect((await copyPaths(source, strict, [unsigned.path], { checkSignatures: false })).copied).toEqual([unsigned.path]);
  for (const store of [strict, source]) await store.close();
});

test('contents that do not belong to the path are refused', async () => {
  const [one, other] = sampleClosure({ paths: 2, size: 1000, references: 0, seed: 'lonely' }) as [SamplePath, SamplePath];
  for (const { info, nar } of [one, other]) await from.add({ ...info, references: [] }, nar());
  class Liar extends ForwardingStore {
    override async pathInfos(paths: readonly string[]) {
      const infos = await super.pathInfos(paths);
      const node = (await this.inner.pathInfo(other.info.path))!.node!;
      return new Map([...infos].map(([path, info]) => [path, path === one.info.path ? { ...info, node } : info] as const));
    }
  }
  await expect(copyPaths(new Liar(from), to, [one.info.path])).rejects.toMatchObject({ code: 'corrupt' });
  expect(await to.pathInfo(one.info.path)).toBeUndefined();
});

test('the first failure and a signal end it; what was copied stays', async () => {
  const failure = new Error('broken');
  class Failing extends Archives {
    override nar(path: string, options?: NarOptions) {
      if (path === top.path) throw failure;
      return super.nar(path, options);
    }
  }
  await expect(copyPaths(new Failing(from), to, [top.path])).rejects.toBe(failure);
  expect((await pathsOf(to)).length).toBe(29);
  const reason = new Error('enough');
  const stop = new AbortController();
  const onEvent = ({ type }: CopyEvent) => type === 'start' && stop.abort(reason);
  await expect(copyPaths(from, to, [top.path], { repair: true, onEvent, signal: stop.signal })).rejects.toBe(reason);
});
