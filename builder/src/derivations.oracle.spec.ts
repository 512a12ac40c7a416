// Derivations that use all that derivations may ask for, built by Nix in its sandbox and by us: same paths, hashes, references, failures.
import fs from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { copyPaths, openStore, type Store } from '@vixen/store';
import { formatHash } from '@vixen/wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingNix, NixOracle } from '../../store/src/testing/oracle.ts';
import type { BuildErrorCode } from './errors.ts';
import { openBuilder } from './open.ts';
import type { BuildService } from './service.ts';
import { ClosureBuilder } from './testing/build-closure.ts';
import { settings } from './testing/derivations.ts';

const file = path.join(import.meta.dirname, '../tests/derivations.nix');
// Sandboxed, as the oracle's wrapper allows it (`NIX_ORACLE_SANDBOX`).
const env = {
  NIX_ORACLE_SANDBOX: '1',
  NIX_CONFIG: `experimental-features = nix-command ca-derivations dynamic-derivations impure-derivations
substituters =
sandbox = true
sandbox-fallback = false
sandbox-paths = /bin/sh=/usr/bin/busybox
`,
};
const url = process.env.VIXEN_BUILDER ?? 'auto';
const missing = missingNix() ?? (await missingSandbox());

interface Wanted {
  readonly outputs: Readonly<Record<string, string>>;
}

interface NixInfo {
  readonly narHash: string;
  readonly references: readonly string[];
}

interface Failing {
  readonly text: string;
  readonly code: BuildErrorCode;
  readonly drv: string;
}

interface Derivations {
  readonly good: Readonly<Record<string, string>>;
  readonly bad: Readonly<Record<string, Failing>>;
  readonly changing: string;
}

/** As Nix's programs end: what is not here, by 1 or 100 (libstore/build/worker.cc, failingExitStatus). */
const exitCodes: Partial<Record<BuildErrorCode, number>> = { failed: 100, 'hash-mismatch': 102, 'not-deterministic': 104 };

const names = (kind: 'good' | 'bad') => {
  const text = fs.readFileSync(file, 'utf8');
  const section = text.slice(text.indexOf(`  ${kind} = `), kind === 'good' ? text.indexOf('  bad = ') : text.indexOf('  changing = '));
  const plain = [...section.matchAll(/^ {4}([a-z0-9-]+) =/gm)].map((match) => match[1]!);
  const inherited = [...section.matchAll(/^ {4}inherit ([a-z ]+);/gm)].flatMap((match) => match[1]!.split(' '));
  return [...inherited, ...plain];
};

describe.skipIf(missing !== undefined)(`derivations${missing ? ` (${missing})` : ''}`, () => {
  let nix: NixOracle;
  let store: Store;
  let service: BuildService;
  let builder: ClosureBuilder;
  let drvs: Derivations;
  let wanted: Map<string, Wanted>;
  let infos: Map<string, NixInfo>;

  const run = (program: string, args: readonly string[]) => nix.run(program, args, { env });

  beforeAll(async () => {
    nix = new NixOracle();
    const tools = makeTools(nix.at('tools'));
    fs.copyFileSync(file, nix.at('derivations.nix'));
    drvs = await evaluate(nix, tools);
    const good = Object.values(drvs.good);
    const built = await run('nix', ['build', '--keep-going', '--no-link', '--json', ...good.map((drv) => `${drv}^*`)]);
    expect(built.stderr).not.toContain('error:');
    const results: ({ drvPath: string } & Wanted)[] = JSON.parse(built.stdout.toString());
    wanted = new Map(results.map((result) => [result.drvPath, result]));
    infos = await nixInfos(
      nix,
      [...wanted.values()].flatMap(({ outputs }) => Object.values(outputs)),
    );
    store = await openStore(`embedded://${nix.at('ours')}`, { requireSignatures: false });
    const all = [...good, ...Object.values(drvs.bad).map(({ drv }) => drv), drvs.changing];
    await copyDerivations(nix, store, all);
    service = await openBuilder(url, { store });
    builder = new ClosureBuilder({ store, builder: service, settings });
  }, 300_000);

  afterAll(async () => {
    await service?.close();
    await store?.close();
    nix?.remove();
  });

  test.each(names('good'))('%s', async (name) => {
    const drvPath = drvs.good[name]!;
    const { outputs } = await builder.build(drvPath);
    expect(Object.fromEntries([...outputs].map(([output, { path: at }]) => [output, at]))).toEqual(wanted.get(drvPath)!.outputs);
    for (const { path: at } of outputs.values()) {
      const info = (await store.pathInfo(at))!;
      const nar = formatHash({ algo: 'sha256', digest: info.narHash }, 'sri');
      const { narHash, references } = infos.get(at)!;
      if (nar !== narHash) await compareArchives(nix, store, at);
      expect({ nar, references: info.references }).toEqual({ nar: narHash, references: [...references].sort() });
    }
  });

  test.each(names('bad'))('%s fails', async (name) => {
    const { text, code, drv } = drvs.bad[name]!;
    const ours = await builder.build(drv).then(
      () => undefined,
      (error: unknown) => error,
    );
    const { code: exitCode, stderr } = await run('nix-store', ['--realise', drv]);
    const plain = stripVTControlCharacters(stderr);
    expect(plain.replaceAll('\n       ', '\n')).toContain(text);
    expect(ours).toMatchObject({ code });
    const log = code === 'failed' ? await logOf(store, drv) : '';
    expect(`${(ours as Error).message}\n${log}`).toContain(text);
    if (exitCodes[code] !== undefined) expect(exitCode).toBe(exitCodes[code]);
  });

  test("Nix's content-addressed outputs that refer to themselves can be copied to us", async () => {
    const { out } = wanted.get(drvs.good.ca!)!.outputs;
    await nix.output('nix', ['copy', '--to', `file://${nix.at('outputs')}`, out!], { env });
    const cache = await openStore(`file://${nix.at('outputs')}`);
    const into = await openStore('memory:');
    await copyPaths(cache, into, [out!]);
    expect((await into.pathInfo(out!))!.references).toContain(out);
    await Promise.all([cache.close(), into.close()]);
  });

  test('a build that makes something else the second time', async () => {
    expect((await run('nix-store', ['--realise', drvs.changing])).code).toBe(0);
    const checked = await run('nix-store', ['--realise', '--check', drvs.changing]);
    expect(checked.code).toBe(104);
    expect(checked.stderr).toContain('may not be deterministic');
    const options = { store, builder: service, settings };
    await new ClosureBuilder(options).build(drvs.changing);
    const again = new ClosureBuilder({ ...options, mode: 'check' });
    await expect(again.build(drvs.changing)).rejects.toMatchObject({ code: 'not-deterministic' });
  });
});

/** Why no builder works here; undefined where one does. */
async function missingSandbox(): Promise<string | undefined> {
  if (!fs.existsSync('/bin/busybox')) return 'there is no /bin/busybox';
  const store = await openStore('memory:');
  try {
    await (await openBuilder(url, { store })).close();
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await store.close();
  }
}

/** Busybox under its names. */
function makeTools(folder: string): string {
  fs.mkdirSync(folder);
  fs.copyFileSync('/bin/busybox', path.join(folder, 'busybox'));
  const applets = 'sh mkdir ln cat chmod touch ls env grep sed sort dd printenv basename printf id tar gzip wc echo';
  for (const applet of applets.split(' ')) fs.symlinkSync('busybox', path.join(folder, applet));
  return folder;
}

async function evaluate(nix: NixOracle, tools: string): Promise<Derivations> {
  const expression = `
    let all = import ${nix.at('derivations.nix')} { tools = "\${builtins.path { name = "tools"; path = ${tools}; }}"; };
    in {
      good = builtins.mapAttrs (_: drv: drv.drvPath) all.good;
      bad = builtins.mapAttrs (_: bad: bad // { drv = bad.drv.drvPath; }) all.bad;
      changing = all.changing.drvPath;
    }`;
  return JSON.parse(await nix.output('nix-instantiate', ['--eval', '--strict', '--json', '--read-write-mode', '-E', expression], { env }));
}

async function nixInfos(nix: NixOracle, paths: readonly string[]): Promise<Map<string, NixInfo>> {
  const told = await nix.output('nix', ['path-info', '--json', '--json-format', '1', ...paths]);
  return new Map(Object.entries(JSON.parse(told) as Record<string, NixInfo>));
}

/** Derivations with all that they need but outputs; by a binary cache, since exports do not tell content addresses. */
async function copyDerivations(nix: NixOracle, store: Store, drvPaths: readonly string[]): Promise<void> {
  await nix.output('nix', ['copy', '--to', `file://${nix.at('cache')}?compression=none`, ...drvPaths], { env });
  const cache = await openStore(`file://${nix.at('cache')}`);
  await copyPaths(cache, store, drvPaths);
  await cache.close();
}

async function logOf(store: Store, drvPath: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.logs!.get(drvPath)) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Shows where they differ, since hashes do not say it. */
async function compareArchives(nix: NixOracle, store: Store, at: string): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.nar(at)) chunks.push(chunk.slice());
  const theirs = await nix.bytes('nix-store', ['--dump', nix.at('root') + at]);
  expect(Buffer.concat(chunks).toString('latin1')).toBe(theirs.toString('latin1'));
}
