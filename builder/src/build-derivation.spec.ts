import { openStore, type Store } from '@vixen/store';
import { nativeHashers } from '@vixen/store/castore';
import { formatHash } from '@vixen/wasm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sourceOf } from '../../store/src/testing/trees.ts';
import { buildDerivation } from './index.ts';
import { storeDir } from './plan/names.ts';
import { addDerivation, buildWith, FakeBuilder, settings } from './testing/derivations.ts';

let store: Store;
beforeEach(async () => {
  store = await openStore('memory:', { requireSignatures: false });
});
afterEach(() => store.close());

const pathsOf = (env: ReadonlyMap<string, string>, ...names: string[]) => names.map((name) => env.get(name)!);

test('outputs are registered with what they refer to, and who made them', async () => {
  const source = sourceOf({ file: 'source' });
  await store.add(source.info, [source.nar]);
  const given = await addDerivation(store, 'two', { outputs: ['out', 'dev'], inputSources: [source.info.path], args: ['-c', 'x'] });
  const [out, dev] = pathsOf(given.derivation.env, 'out', 'dev') as [string, string];
  const built = await buildWith(store, given, () => ({
    [out]: { file: `see ${dev} and ${source.info.path}` },
    [dev]: { file: `I am ${dev}` },
  }));
  expect(built.outputs).toEqual(
    new Map([
      ['dev', { path: dev }],
      ['out', { path: out }],
    ]),
  );
  const infos = await store.pathInfos([out, dev]);
  expect(infos.get(out)).toMatchObject({ references: [dev, source.info.path].sort(), deriver: given.drvPath, ultimate: true });
  expect(infos.get(dev)!.references).toEqual([dev]);
});

test('the request says what the build may see', async () => {
  const source = sourceOf({ file: 'source' });
  await store.add(source.info, [source.nar]);
  const given = await addDerivation(store, 'plan', {
    inputSources: [source.info.path],
    args: ['-c', 'x'],
    env: { a: '1', PATH: '/own', HOME: '/h' },
  });
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  const builder = new FakeBuilder(store, () => ({ [out]: { file: '' } }));
  await buildDerivation(given, { store, builder, settings });
  const request = builder.requests[0]!;
  expect(request).toMatchObject({
    inputs: [{ name: source.info.path.slice('/nix/store/'.length) }],
    inputsDirectory: 'nix/store',
    command: ['/bin/sh', '-c', 'x'],
    workingDirectory: 'build',
    scratchPaths: ['build', 'nix/store'],
    outputs: [out.slice(1)],
    constraints: { system: 'x86_64-linux', networkAccess: false, provideBinSh: true },
  });
  expect(Object.fromEntries(request.environment)).toEqual({
    PATH: '/own',
    HOME: '/h',
    NIX_STORE: '/nix/store',
    NIX_BUILD_CORES: '2',
    a: '1',
    out,
    NIX_BUILD_TOP: '/build',
    TMPDIR: '/build',
    TEMPDIR: '/build',
    TMP: '/build',
    TEMP: '/build',
    PWD: '/build',
    NIX_LOG_FD: '2',
    TERM: 'xterm-256color',
  });
});

test('a missing output fails the build, and registers none', async () => {
  const given = await addDerivation(store, 'two', { outputs: ['a', 'b'] });
  const [a] = pathsOf(given.derivation.env, 'a') as [string];
  const building = buildWith(store, given, () => ({ [a]: { file: 'a' } }));
  await expect(building).rejects.toMatchObject({ code: 'output', message: expect.stringContaining("for output 'b'") });
  expect(await store.pathInfo(a)).toBeUndefined();
});

test('outputs may not refer to each other in a circle', async () => {
  const given = await addDerivation(store, 'circle', { outputs: ['a', 'b'] });
  const [a, b] = pathsOf(given.derivation.env, 'a', 'b') as [string, string];
  const building = buildWith(store, given, () => ({ [a]: { file: b }, [b]: { file: a } }));
  await expect(building).rejects.toMatchObject({ code: 'output', message: expect.stringContaining('cycle detected in build of') });
});

test('an output that is valid stays as it was', async () => {
  const given = await addDerivation(store, 'two', { outputs: ['a', 'b'] });
  const [a, b] = pathsOf(given.derivation.env, 'a', 'b') as [string, string];
  await buildWith(store, given, () => ({ [a]: { file: 'first' }, [b]: { file: 'b' } }));
  const before = await store.pathInfo(a);
  const builder = new FakeBuilder(store, () => ({}));
  await buildDerivation(given, { store, builder, settings });
  expect(builder.requests).toEqual([]);
  expect(await store.pathInfo(a)).toEqual(before);
});

const digestOf = (text: string) => nativeHashers('sha256').update(Buffer.from(text)).digest();
const fixedOf = (text: string) => {
  const hash = { algo: 'sha256', digest: digestOf(text) } as const;
  return { hash, path: storeDir('/nix/store').makeFixedOutputPath('fixed', { method: 'flat', hash }) };
};

test('a fixed output is what its hash says, or both hashes are told', async () => {
  const { hash, path } = fixedOf('right');
  const given = await addDerivation(store, 'fixed', {
    outputs: { out: { type: 'fixed', path, method: 'flat', hash } },
    env: { out: path },
  });
  const wrong = formatHash({ algo: 'sha256', digest: digestOf('wrong') }, 'sri');
  await expect(buildWith(store, given, () => ({ [path]: { file: 'wrong' } }))).rejects.toMatchObject({
    code: 'hash-mismatch',
    message: `hash mismatch in fixed-output derivation '${given.drvPath}':\n  specified: ${formatHash(hash, 'sri')}\n     got:    ${wrong}`,
  });
  expect(await store.pathInfo(path)).toBeUndefined();
  const builder = new FakeBuilder(store, () => ({ [path]: { file: 'right' } }));
  await buildDerivation(given, { store, builder, settings });
  expect(builder.requests[0]!.constraints.networkAccess).toBe(true);
  expect(await store.pathInfo(path)).toMatchObject({ ca: `fixed:${formatHash(hash, 'nix32')}`, references: [] });
});

test("a derivation that claims another's path is refused", async () => {
  const victim = await addDerivation(store, 'victim');
  const [path] = pathsOf(victim.derivation.env, 'out') as [string];
  const claims = await addDerivation(store, 'victim', {
    outputs: { out: { type: 'input-addressed', path } },
    env: { out: path, evil: '1' },
  });
  const building = buildWith(store, claims, () => ({ [path]: { file: 'evil' } }));
  await expect(building).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`derivation has incorrect output '${path}'`),
  });
  expect(await store.pathInfo(path)).toBeUndefined();
});

test('the log goes to the store and to who listens, also of a build that fails', async () => {
  const given = await addDerivation(store, 'talks');
  const heard: string[] = [];
  const building = buildWith(
    store,
    given,
    (_, log) => {
      log('first\n');
      log('second\n');
      return {};
    },
    { onLog: (bytes) => heard.push(Buffer.from(bytes).toString()) },
  );
  await expect(building).rejects.toMatchObject({ code: 'output' });
  expect(heard.join('')).toBe('first\nsecond\n');
  const parts: Uint8Array[] = [];
  for await (const chunk of (await store.logs!.get(given.drvPath))!) parts.push(chunk);
  expect(Buffer.concat(parts).toString()).toBe('first\nsecond\n');
});

test('a builder that is not trusted is not believed', async () => {
  const given = await addDerivation(store, 'lies');
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  class Liar extends FakeBuilder {
    override async build(...args: Parameters<FakeBuilder['build']>) {
      const outcome = await super.build(...args);
      return {
        ...outcome,
        outputs: outcome.outputs.map((output) => ({ ...output, needles: [], narHash: new Uint8Array(32), narSize: 1 })),
      };
    }
  }
  await buildDerivation(given, { store, builder: new Liar(store, () => ({ [out]: { file: out } })), settings, trusted: false });
  const info = await store.pathInfo(out);
  expect(info!.references).toEqual([out]);
  expect(info!.narSize).toBeGreaterThan(100);
});

test('a second build that makes something else is told', async () => {
  const given = await addDerivation(store, 'random');
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  await buildWith(store, given, () => ({ [out]: { file: '1' } }));
  await buildWith(store, given, () => ({ [out]: { file: '1' } }), { mode: 'check' });
  await expect(buildWith(store, given, () => ({ [out]: { file: '2' } }), { mode: 'check' })).rejects.toMatchObject({
    code: 'not-deterministic',
  });
});
