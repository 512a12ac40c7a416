import { openStore, type Store } from '@vixen/store';
import { nativeHashers } from '@vixen/store/castore';
import type { DerivationOutput } from '@vixen/store/formats';
import { formatHash } from '@vixen/wasm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectBytes, outputOf, sourceOf } from '../../store/src/testing/trees.ts';
import { type BuildRequest, buildDerivation, type DerivationToBuild } from './index.ts';
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

test('a fixed output with another hash is kept for the derivation that says so', async () => {
  const [right, wrong] = [fixedOf('right'), fixedOf('wrong')];
  const derivationOf = ({ hash, path }: typeof right) =>
    addDerivation(store, 'fixed', { outputs: { out: { type: 'fixed', path, method: 'flat', hash } }, env: { out: path } });
  const given = await derivationOf(right);
  const options = () => ({ [right.path]: { file: 'wrong' } });
  await expect(buildWith(store, given, options)).rejects.toMatchObject({ code: 'hash-mismatch' });
  expect(await store.pathInfo(wrong.path)).toMatchObject({ ca: `fixed:${formatHash(wrong.hash, 'nix32')}`, deriver: given.drvPath });
  const next = await derivationOf(wrong);
  const builder = new FakeBuilder(store, () => ({}));
  expect((await buildDerivation(next, { store, builder, settings })).outputs.get('out')).toEqual({ path: wrong.path });
  expect(builder.requests).toEqual([]);
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

test('an output that is valid is not replaced when another has to be built', async () => {
  const given = await addDerivation(store, 'two', { outputs: ['a', 'b'] });
  const [a, b] = pathsOf(given.derivation.env, 'a', 'b') as [string, string];
  const old = outputOf({ file: 'old' });
  await store.add({ ...old.info, path: a }, [old.nar]);
  const built = await buildWith(store, given, () => ({ [b]: { file: a } }));
  expect((await store.pathInfo(a))!.narHash).toEqual(old.info.narHash);
  expect((await store.pathInfo(b))!.references).toEqual([a]);
  expect([...built.outputs.keys()]).toEqual(['a', 'b']);
});

test('a repair replaces what is valid', async () => {
  const given = await addDerivation(store, 'one');
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  const old = outputOf({ file: 'old' });
  await store.add({ ...old.info, path: out }, [old.nar]);
  await buildWith(store, given, () => ({ [out]: { file: 'new' } }), { mode: 'repair' });
  expect((await store.pathInfo(out))!.narHash).not.toEqual(old.info.narHash);
});

test('impure variables and the network are for fixed outputs, and only those that the settings hand out', async () => {
  const impureEnv = new Map([
    ['token', 'secret'],
    ['other', 'x'],
  ]);
  const env = { impureEnvVars: 'token unset' };
  const plain = await addDerivation(store, 'plain', { env });
  const [out] = pathsOf(plain.derivation.env, 'out') as [string];
  const { hash, path } = fixedOf('right');
  const fixed = await addDerivation(store, 'fixed', {
    outputs: { out: { type: 'fixed', path, method: 'flat', hash } },
    env: { ...env, out: path },
  });
  const builder = new FakeBuilder(store, () => ({ [out]: { file: 'x' }, [path]: { file: 'right' } }));
  for (const given of [plain, fixed]) await buildDerivation(given, { store, builder, settings: { ...settings, impureEnv } });
  const [ofPlain, ofFixed] = builder.requests as [BuildRequest, BuildRequest];
  expect(ofPlain.environment.has('token')).toBe(false);
  expect([ofFixed.environment.get('token'), ofFixed.environment.get('unset'), ofFixed.environment.has('other')]).toEqual([
    'secret',
    '',
    false,
  ]);
});

test('what leaves the sandbox has to be allowed', async () => {
  const given = await addDerivation(store, 'free', { env: { __noChroot: '1' } });
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  const builder = new FakeBuilder(store, () => ({ [out]: { file: 'x' } }));
  await expect(buildDerivation(given, { store, builder, settings })).rejects.toMatchObject({ code: 'invalid' });
  await buildDerivation(given, { store, builder, settings: { ...settings, relaxed: true } });
  expect(builder.requests[0]).toMatchObject({ unsandboxed: true, constraints: { networkAccess: true } });
});

test('paths of the machine have to be allowed, too', async () => {
  const given = await addDerivation(store, 'host', { env: { __impureHostDeps: '/usr/lib/../lib/x' } });
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  const builder = new FakeBuilder(store, () => ({ [out]: { file: 'x' } }));
  for (const allowedImpureHostDeps of [[], ['/usr/li'], ['/usr/lib/y']]) {
    const building = buildDerivation(given, { store, builder, settings: { ...settings, allowedImpureHostDeps } });
    await expect(building).rejects.toMatchObject({ code: 'invalid' });
  }
  await buildDerivation(given, { store, builder, settings: { ...settings, allowedImpureHostDeps: ['/usr/lib'] } });
  expect(builder.requests[0]!.sandboxPaths).toEqual([{ target: '/usr/lib/x', source: '/usr/lib/x', optional: true }]);
});

test('a derivation cannot give itself paths, the network, limits, or what it does not name', async () => {
  const wishes = {
    'sandbox-paths': '/etc',
    sandboxPaths: '/etc',
    'extra-sandbox-paths': '/etc',
    availableReadOnlyPaths: '/etc',
    sandbox: 'false',
    networkAccess: '1',
    __sandboxProfile: '(allow default)',
    __networkAccess: '1',
    unsandboxed: '1',
  };
  for (const env of [wishes, { __json: JSON.stringify(wishes) }]) {
    const given = await addDerivation(store, `wishes-${Object.keys(env).length}`, { env });
    const [out] = pathsOf(given.derivation.env, 'out') as [string];
    const builder = new FakeBuilder(store, () => ({ [out]: { file: 'x' } }));
    await buildDerivation(given, { store, builder, settings });
    const [request] = builder.requests as [BuildRequest];
    expect(request.sandboxPaths).toEqual([]);
    expect(request.unsandboxed).toBeUndefined();
    expect(request.limits).toEqual(settings.limits);
    expect(request.constraints).toMatchObject({ networkAccess: false, availableReadOnlyPaths: [] });
  }
});

test('names of files in the build may not lead out of its folder', async () => {
  const json = JSON.stringify({ exportReferencesGraph: { '../x': [] }, PATH: 'x' });
  const given = await addDerivation(store, 'names', { env: { __json: json } });
  const [out] = pathsOf(given.derivation.env, 'out') as [string];
  const builder = new FakeBuilder(store, () => ({ [out]: { file: 'x' } }));
  await buildDerivation(given, { store, builder, settings });
  expect(builder.requests[0]!.additionalFiles.map(({ path }) => path)).toEqual(['build/.attrs.json', 'build/.attrs.sh']);
  const plain = await addDerivation(store, 'plain-names', { env: { passAsFile: '../../x', '../../x': 'text' } });
  const [other] = pathsOf(plain.derivation.env, 'out') as [string];
  const second = new FakeBuilder(store, () => ({ [other]: { file: 'x' } }));
  await buildDerivation(plain, { store, builder: second, settings });
  expect(second.requests[0]!.additionalFiles[0]!.path).toMatch(/^build\/\.attr-[0-9a-z]{52}$/);
});

test('a floating output gets the path of its contents, wherever its own path stands in it', async () => {
  const outputs: Record<string, DerivationOutput> = { out: { type: 'floating', method: 'nar', algo: 'sha256' } };
  const given = await addDerivation(store, 'floating', { outputs, env: { out: '' } });
  const build = (drv: DerivationToBuild) =>
    buildWith(store, drv, ({ outputs: [scratch] }) => ({ [`/${scratch}`]: { file: `/${scratch}!` } }));
  const { path, realisation } = (await build(given)).outputs.get('out')!;
  const contents = Buffer.from(await collectBytes(store.nar(path))).toString('latin1');
  expect(contents).toContain(`${path}!`);
  expect(await store.pathInfo(path)).toMatchObject({ references: [path], ca: expect.stringContaining('fixed:r:sha256:') });
  expect(await store.realisations!.get(realisation!.id)).toMatchObject({ outPath: path });
  // Another derivation that makes the same has it at the same path.
  const other = await addDerivation(store, 'floating', { outputs, env: { out: '', other: '1' } });
  expect((await build(other)).outputs.get('out')!.path).toBe(path);
});

test.each(['a/b', '../x', 'a b', 'x'.repeat(300)])('an output may not be called %j', async (name) => {
  const outputs: Record<string, DerivationOutput> = { [name]: { type: 'floating', method: 'nar', algo: 'sha256' } };
  const given = await addDerivation(store, 'named', { outputs });
  await expect(buildWith(store, given, () => ({}))).rejects.toMatchObject({ code: 'invalid' });
});

test.each([{ 'a\0': '' }, { a: 'x\0y' }, { '': 'x' }, { 'a=b': 'x' }])(
  'a variable that no process can be given is refused: %j',
  async (env) => {
    const given = await addDerivation(store, 'variable', { env: { ...env } as Record<string, string> });
    await expect(buildWith(store, given, () => ({}))).rejects.toMatchObject({ code: 'invalid' });
  },
);
