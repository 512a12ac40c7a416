import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BuildError } from '@vixen/builder';
import { openStore, type Store, thisProcess } from '@vixen/store';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addDerivation, FakeBuilder, type Make } from '../../../../builder/src/testing/derivations.ts';
import { Settings } from '../../core/config/settings.ts';
import type { ProgressEvent } from '../../core/coordinator/progress.ts';
import { withoutColours } from '../../core/errors/ansi.ts';
import { openRealiser, type Realiser } from './index.ts';
import { FileLocks } from './locks.ts';

let store: Store;
let cache: Store;
let events: ProgressEvent[];
let settings: Settings;
let made: string[];
const opened: Realiser[] = [];

beforeEach(async () => {
  store = await openStore('memory:', { requireSignatures: false });
  cache = await openStore('memory:', { requireSignatures: false });
  settings = new Settings();
  settings.set('substituters', '');
  settings.set('max-jobs', '4');
  events = [];
  made = [];
});
afterEach(async () => {
  for (const realiser of opened.splice(0)) await realiser.close();
  await store.close();
  await cache.close();
});

const nameOf = (request: { environment: ReadonlyMap<string, string> }) => request.environment.get('name')!;
const make: Make = (request) => {
  made.push(nameOf(request));
  return Object.fromEntries(request.outputs.map((path) => [`/${path}`, { file: `made by ${nameOf(request)}` }]));
};

function open(builds: Make = make) {
  const realiser = openRealiser({
    store,
    settings,
    env: {},
    display: { event: (event) => events.push(event), end: () => {} },
    openBuilder: async () => new FakeBuilder(store, builds),
    openSubstituter: async () => cache,
  });
  opened.push(realiser);
  return realiser;
}

/** A derivation that needs all the others. */
async function derive(name: string, inputs: readonly { drvPath: string }[] = []) {
  const inputDerivations = new Map(inputs.map(({ drvPath }) => [drvPath, { outputs: ['out'] }]));
  const { drvPath, derivation } = await addDerivation(store, name, { inputDerivations, env: { name } });
  return { drvPath, out: derivation.env.get('out')!, all: { drvPath, outputs: '*' as const } };
}

test('a graph is built once, inputs first', async () => {
  const a = await derive('a');
  const b = await derive('b', [a]);
  const c = await derive('c', [a]);
  const d = await derive('d', [b, c]);
  const realiser = open();
  const [first, again] = await Promise.all([realiser.realise([d.all, { path: b.out }].slice(0, 1)), realiser.realise([c.all, d.all])]);
  expect(first).toEqual([{ path: d.out, drvPath: d.drvPath, output: 'out' }]);
  expect(again.map(({ path }) => path)).toEqual([c.out, d.out]);
  expect(made.at(0)).toBe('a');
  expect(made.at(-1)).toBe('d');
  expect([...made].sort()).toEqual(['a', 'b', 'c', 'd']);
  await open().realise([d.all]);
  expect(made.length).toBe(4);
});

test('a failure is told with its log, and stops what depends on it', async () => {
  const bad = await derive('bad');
  const top = await derive('top', [bad]);
  const other = await derive('other');
  settings.set('keep-going', 'true');
  const realiser = open((request, log) => {
    if (nameOf(request) !== 'bad') return make(request, log);
    log('one\ntwo\n');
    throw new BuildError('failed', 'failed', { exitCode: 3 });
  });
  const failure = await realiser.realise([top.all, other.all]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'BuildFailure', status: 100, failed: [`${top.drvPath}^*`] });
  expect(withoutColours((failure as Error).message)).toBe(
    `Cannot build '${top.drvPath}'.\nReason: 1 dependency failed.\nOutput paths:\n  ${top.out}`,
  );
  const errors = events.flatMap((event) => (event.type === 'message' && event.level === 'error' ? [withoutColours(event.text)] : []));
  expect(errors).toEqual([
    `Cannot build '${bad.drvPath}'.\nReason: builder failed with exit code 3.\nOutput paths:\n  ${bad.out}\nLast 2 log lines:\n> one\n> two\nFor full logs, run:\n  nix-store -l ${bad.drvPath}`,
  ]);
  expect(made).toEqual(['other']);
  // For who has no display.
  expect((failure as Error).cause).toMatchObject({ message: expect.stringContaining('builder failed with exit code 3') });
});

test('builders elsewhere are asked first, and another one where one is away', async () => {
  const plain = await derive('plain');
  const { drvPath } = await addDerivation(store, 'here', { env: { name: 'here', preferLocalBuild: '1' } });
  settings.set('builders', 'grpc+http://away - - 2 2; grpc+http://near - - 2');
  const asked: string[] = [];
  const realiser = openRealiser({
    store,
    settings,
    env: {},
    openBuilder: async (url = 'own') => {
      if (url === 'grpc+http://away') throw new BuildError('unavailable', 'away');
      return new FakeBuilder(store, (request, log) => {
        asked.push(`${nameOf(request)} at ${url}`);
        return make(request, log);
      });
    },
  });
  opened.push(realiser);
  await realiser.realise([plain.all, { drvPath, outputs: '*' }]);
  expect(asked.sort()).toEqual(['here at own', 'plain at grpc+http://near']);
});

test('with max-jobs = 0 nothing has to work here', async () => {
  const a = await derive('a');
  settings.set('max-jobs', '0');
  settings.set('builders', 'grpc+http://near');
  const openBuilder = async (url?: string) => {
    if (url === undefined) throw new BuildError('sandbox', 'no sandbox works');
    return new FakeBuilder(store, make);
  };
  const realiser = openRealiser({ store, settings, env: {}, openBuilder });
  opened.push(realiser);
  await realiser.realise([a.all]);
  expect(made).toEqual(['a']);
});

test('what is there is kept by one write', async () => {
  const a = await derive('a');
  await open().realise([a.all]);
  const keep = vi.spyOn(store.collector!, 'addTemporaryRoots');
  const realiser = open();
  await realiser.plan([a.all]);
  await realiser.realise([a.all]);
  expect(keep.mock.calls.map(([paths]) => [...paths].sort())).toEqual([[a.drvPath, a.out].sort()]);
});

test('a builder that cannot be opened is tried again by the next who asks', async () => {
  const low = await derive('low');
  const top = await derive('top', [low]);
  let tries = 0;
  const realiser = openRealiser({
    store,
    settings,
    env: {},
    openBuilder: async () => {
      if (tries++ === 0) throw new BuildError('sandbox', 'no sandbox works');
      return new FakeBuilder(store, make);
    },
  });
  opened.push(realiser);
  const failure = await realiser.realise([top.all]).catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('1 dependency failed'), cause: { message: 'no sandbox works' } });
  await realiser.realise([top.all]);
  expect(made).toEqual(['low', 'top']);
});

test('what a substituter has is copied, with what it refers to', async () => {
  const a = await derive('a');
  const b = await derive('b', [a]);
  const local = store;
  await open().realise([b.all]);
  const { copyPaths } = await import('@vixen/store');
  await copyPaths(local, cache, [a.out, b.out, b.drvPath]);
  store = await openStore('memory:', { requireSignatures: false });
  await copyPaths(cache, store, [b.drvPath]);
  settings.set('substituters', 'x');
  made = [];
  const realiser = open();
  expect(await realiser.plan([b.all])).toMatchObject({ willBuild: [], willSubstitute: [b.out], unknown: [] });
  await realiser.realise([b.all]);
  expect(made).toEqual([]);
  expect(await store.pathInfo(b.out)).toBeDefined();
  await local.close();
});

test('a builder that goes away is tried again', async () => {
  const a = await derive('a');
  let tries = 0;
  const realiser = open((request, log) => {
    if (tries++ === 0) throw new BuildError('unavailable', 'gone');
    return make(request, log);
  });
  await realiser.realise([a.all]);
  expect(tries).toBe(2);
});

test('an abort ends builds, and is told', async () => {
  const a = await derive('a');
  const stop = new AbortController();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const realiser = open(async () => {
    stop.abort(new Error('stopped'));
    await held;
    return {};
  });
  const result = realiser.realise([a.all], { signal: stop.signal });
  setTimeout(release, 10);
  await expect(result).rejects.toThrow('stopped');
});

test('the hook is told of each build, and its failure is one of the build', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-hook-'));
  const hook = path.join(folder, 'hook');
  fs.writeFileSync(hook, `#!/bin/sh\necho "$DRV_PATH $OUT_PATHS" >> ${folder}/told\n[ ! -e ${folder}/fail ]\n`, { mode: 0o755 });
  settings.set('post-build-hook', hook);
  const a = await derive('a');
  const b = await derive('b');
  await open().realise([a.all]);
  expect(fs.readFileSync(`${folder}/told`, 'utf8')).toBe(`${a.drvPath} ${a.out}\n`);
  fs.writeFileSync(`${folder}/fail`, '');
  await expect(open().realise([b.all])).rejects.toThrow('failed with exit code 1');
  fs.rmSync(folder, { recursive: true });
});

test('who finds that another builds waits, and takes what that one has made', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-locks-'));
  const locks = [new FileLocks(folder), new FileLocks(folder)] as const;
  expect(locks[0].take('x')).toBe(true);
  expect(locks[1].take('x')).toBe(false);
  let free = false;
  const waiting = locks[1].waitFor('x', new AbortController().signal).then(() => (free = true));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(free).toBe(false);
  locks[0].release('x');
  await waiting;
  // A process that has ended has no lock.
  fs.writeFileSync(path.join(folder, 'y'), JSON.stringify({ ...thisProcess(), start: '1' }));
  expect(locks[1].take('y')).toBe(true);
  expect(locks[0].take('y')).toBe(false);
  fs.rmSync(folder, { recursive: true });
});

test('without jobs nothing is built', async () => {
  const a = await derive('a');
  settings.set('max-jobs', '0');
  await expect(open().realise([a.all])).rejects.toMatchObject({
    status: 100,
    message: expect.stringContaining('local builds are disabled'),
  });
});
