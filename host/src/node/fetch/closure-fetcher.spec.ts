import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@vixen/store';
import { serveHttp } from '@vixen/store/http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleClosure } from '../../../../store/src/testing/sample-closure.ts';
import { Settings } from '../../core/config/settings.ts';

import { EvaluationStore } from '../eval-store.ts';
import { NativeTree } from '../files.ts';
import { nodeHashers } from '../hashing.ts';
import { fetchClosure } from './closure-fetcher.ts';
import type { FetchContext } from './context.ts';

const samples = sampleClosure({ paths: 4, size: 1000 });
const top = samples.at(-1)!.info.path;
const { ca: _, ...plainInfo } = samples[0]!.info;

let folder: string;
let cache: Store;
let server: Awaited<ReturnType<typeof serveHttp>>;
let store: EvaluationStore;
const allowed: string[] = [];
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-closure-'));
  cache = await openStore('memory:', { requireSignatures: false });
  server = await serveHttp(cache, {});
  const open = () => openStore('memory:', { requireSignatures: false });
  store = new EvaluationStore({ open, readOnly: false, tree: new NativeTree(), hashers: nodeHashers });
});
afterEach(async () => {
  await store.close();
  await server.close();
  await cache.close();
  fs.rmSync(folder, { recursive: true });
});

const fetch = (more: { fromPath: string; toPath?: string; inputAddressed?: boolean }) => {
  const context = {
    store,
    settings: new Settings(),
    allow: (each: string) => allowed.push(each),
    activity: () => {},
  } as unknown as FetchContext;
  return fetchClosure(context, { fromStore: server.url, inputAddressed: false, ...more });
};

test('a closure comes from a cache, and may be read then', async () => {
  for (const { info, nar } of samples) await cache.add(info, nar());
  expect(await fetch({ fromPath: top })).toBe(top);
  expect(await store.isValid(top)).toBe(true);
  expect(allowed).toEqual(expect.arrayContaining(samples.map(({ info }) => info.path)));
  await expect(fetch({ fromPath: top, inputAddressed: true })).rejects.toThrow(/is not input-addressed/);
});

test('input-addressed paths have to be said to be', async () => {
  await cache.add(plainInfo, samples[0]!.nar());
  await expect(fetch({ fromPath: plainInfo.path })).rejects.toThrow(/is input-addressed, but 'inputAddressed' is set to 'false'/);
  expect(await fetch({ fromPath: plainInfo.path, inputAddressed: true })).toBe(plainInfo.path);
});

test('what the cache does not have is an error', async () => {
  await expect(fetch({ fromPath: top })).rejects.toThrow(/is not valid/);
});
