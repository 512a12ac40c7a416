// Packs made of folders, and read again.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decodeText, PrintMode } from '@vixen/eval-core';
import { narBytes } from '@vixen/wasm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Settings } from '../../core/config/settings.ts';
import { MountedTree } from '../../core/files/mounted.ts';
import type { FileTree } from '../../core/files/tree.ts';
import { applySettings } from '../../core/machine-settings.ts';
import { openPack, type PackSource, type PackTree } from '../../core/pack/index.ts';
import { Session } from '../../core/session.ts';
import { narFs } from '../../core/store/add-path.ts';
import { VirtualStore } from '../../core/store/virtual-store.ts';
import { NativeTree } from '../files.ts';
import { nodeHashers } from '../hashing.ts';
import { NodeIO } from '../node-io.ts';
import { newEvaluator } from '../wasm.ts';
import { FolderSource } from './folder-source.ts';
import { makePack } from './pack.ts';
import { nixpkgsWorkloads } from './workloads.ts';

let folder: string;
beforeAll(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-pack-')));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

let made = 0;
const newFolder = () => {
  const created = path.join(folder, String(made++));
  fs.mkdirSync(created);
  return created;
};

type Spec = { text: string; executable?: boolean } | { link: string } | { folder: Record<string, Spec> };

function create(at: string, spec: Spec) {
  if ('link' in spec) return fs.symlinkSync(spec.link, at);
  if ('text' in spec) return fs.writeFileSync(at, spec.text, { mode: spec.executable ? 0o755 : 0o644 });
  fs.mkdirSync(at, { recursive: true });
  for (const [name, child] of Object.entries(spec.folder)) create(path.join(at, name), child);
}

/** Waits as answers to the machine's requests do. */
async function ready<T>(work: () => T): Promise<T> {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Promise)) throw error;
    await error;
    return ready(work);
  }
}

const open = (out: string) => openPack(new FolderSource(out), { hashers: nodeHashers });
const archive = (tree: FileTree, top: string) => ready(() => narBytes(narFs(tree), top));

const leaf: fc.Arbitrary<Spec> = fc.oneof(
  fc.record({ text: fc.string({ maxLength: 40 }), executable: fc.boolean() }),
  fc.integer({ min: 5000, max: 30_000 }).map((last) => ({ text: Array.from({ length: last }, (_, i) => i).join(' ') })),
  fc.record({ link: fc.constantFrom('a', '../b', '/nowhere') }),
);
const fileName = fc.oneof(
  fc.constantFrom('a', 'b.nix', 'c.json', 'ä', 'A'),
  fc.string({ unit: fc.constantFrom('x', '-', '.nix', 'Z'), minLength: 1, maxLength: 6 }),
);
const { tree: anyTree } = fc.letrec<{ tree: Spec; node: Spec }>((tie) => ({
  node: fc.oneof({ maxDepth: 3, depthSize: 'small', withCrossShrink: true }, leaf, tie('tree')),
  tree: fc.record({ folder: fc.dictionary(fileName, tie('node'), { maxKeys: 5 }) }),
}));

describe('packs', () => {
  test('hold what the folder holds', async () => {
    const property = fc.asyncProperty(anyTree, async (spec) => {
      const root = newFolder();
      create(root, spec);
      const out = newFolder();
      await makePack({ root, out, workloads: [] });
      // `toEqual` takes a second for a megabyte.
      const packed = await archive(await open(out), '/');
      expect(Buffer.compare(packed, narBytes(narFs(new NativeTree(root)), '/'))).toBe(0);
    });
    await fc.assert(property, { numRuns: 25 });
  });

  const small: Spec = {
    folder: {
      lib: {
        folder: { '.version': { text: '1.2' }, 'default.nix': { text: '{ twice = x: 2 * x; version = builtins.readFile ./.version; }' } },
      },
      'default.nix': { text: '{ lib = import ./lib; drv = derivation { name = "a"; system = "x"; builder = ./build.sh; src = ./src; }; }' },
      'build.sh': { text: 'echo', executable: true },
      version: { link: 'lib/.version' },
      loop: { link: 'loop' },
      src: { folder: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, { text: `${i}`.repeat(5000) }])) },
    },
  };

  async function smallPack(workloads: string[] = []) {
    const root = newFolder();
    create(root, small);
    const out = newFolder();
    const packed = await makePack({ root, out, workloads: workloads.map((text) => ({ name: text, expressions: [text], ahead: 2 })) });
    return { root, out, packed };
  }

  test('equal folders make equal packs, and what is not of it is removed', async () => {
    const { root, out } = await smallPack(['(import <nixpkgs>).lib.version']);
    const before = fs.readFileSync(path.join(out, 'pack.json'));
    const blocks = fs.readdirSync(path.join(out, 'blocks'));
    fs.writeFileSync(path.join(out, 'blocks', `${'0'.repeat(64)}.bin`), 'old');
    await makePack({
      root,
      out,
      workloads: [{ name: '(import <nixpkgs>).lib.version', expressions: ['(import <nixpkgs>).lib.version'], ahead: 2 }],
    });
    expect(fs.readFileSync(path.join(out, 'pack.json'))).toEqual(before);
    expect(fs.readdirSync(path.join(out, 'blocks'))).toEqual(blocks);
  });

  test('files, links and what is not there', async () => {
    const { out, packed } = await smallPack();
    expect(packed.manifest).toMatchObject({ label: '1.2', files: 34 });
    const pack = await open(out);
    expect(await ready(() => pack.lstat('/version'))).toMatchObject({ type: 'symlink' });
    expect(await ready(() => decodeText(pack.readFile('/version')))).toBe('1.2');
    expect(await ready(() => pack.stat('/build.sh'))).toEqual({ type: 'regular', size: 4, executable: true });
    expect(await ready(() => pack.lstat('/lib/gone/further'))).toBeUndefined();
    await expect(ready(() => pack.readFile('/gone'))).rejects.toThrow("path '\x0e/gone\x0f' does not exist");
    await expect(ready(() => pack.readFile('/lib'))).rejects.toThrow('Is a directory');
    await expect(ready(() => pack.readDir('/build.sh'))).rejects.toThrow('Not a directory');
    await expect(ready(() => pack.readFile('/loop'))).rejects.toThrow('infinite symlink recursion');
    const mounted = new MountedTree('/a/b', pack);
    expect(mounted.readDir('/')).toEqual([['a', 'directory']]);
    expect(decodeText(mounted.readFile('/a/b/version'))).toBe('1.2');
    expect(mounted.lstat('/a/c')).toBeUndefined();
    expect(() => mounted.readFile('/a/b/gone')).toThrow("path '\x0e/a/b/gone\x0f' does not exist");
  });

  test('an absent pack, and one that lacks a block', async () => {
    await expect(open(newFolder())).rejects.toMatchObject({ code: 'absent' });
    const { out } = await smallPack();
    for (const name of fs.readdirSync(path.join(out, 'blocks'))) fs.rmSync(path.join(out, 'blocks', name));
    const pack = await open(out);
    await expect(ready(() => pack.readDir('/'))).rejects.toMatchObject({ code: 'missing' });
  });

  test('evaluation fetches what it needs, and a whole source at once', async () => {
    const { root, out } = await smallPack(['import <nixpkgs/lib>']);
    const lib = await evaluatePack(out, '(import <nixpkgs/lib>).version');
    expect(lib.text).toBe('1.2');
    expect(lib.pack.figures.bytes).toBeLessThan(lib.pack.manifest.packed / 2);
    const { text, trips } = await evaluatePack(out, '(import <nixpkgs>).drv.drvPath');
    expect(text).toBe(await evaluate(new NativeTree(), root, '(import <nixpkgs>).drv.drvPath'));
    // The manifest, the listings and lib, the file with `drv`, the builder, the source.
    expect(trips).toBeLessThanOrEqual(5);
  });
});

async function evaluate(files: FileTree, nixpkgs: string, text: string): Promise<string> {
  const machine = newEvaluator();
  const store = new VirtualStore(files, nodeHashers);
  const refuse = (): never => {
    throw new Error('nothing is fetched here');
  };
  const around = {
    readOnly: true,
    system: 'x86_64-linux',
    storeDirectory: store.directory,
    baseDirectory: '/',
    homeDirectory: '/',
    now: 0,
  };
  applySettings(machine, new Settings(), { ...around, searchPath: [{ prefix: 'nixpkgs', value: nixpkgs }] });
  const fetching = { fetch: refuse, flake: refuse, searchPath: (value: string) => value };
  const session = new Session({ machine, io: new NodeIO({ files, store, fetching, env: {}, message: () => {} }) });
  return decodeText(await session.print(await session.evalString({ text, base: '/' }), PrintMode.Raw));
}

/** Evaluates over a pack, and counts the rounds: times at which something was fetched while nothing else was on its way. */
async function evaluatePack(out: string, text: string): Promise<{ text: string; trips: number; pack: PackTree }> {
  const folder = new FolderSource(out);
  let coming = 0;
  let trips = 0;
  const source: PackSource = {
    async read(name) {
      if (coming++ === 0) trips += 1;
      try {
        return await folder.read(name);
      } finally {
        coming -= 1;
      }
    },
  };
  const pack = await openPack(source, { hashers: nodeHashers });
  return { text: await evaluate(new MountedTree('/nixpkgs', pack), '/nixpkgs', text), trips, pack };
}

const nixpkgs = process.env.VIXEN_NIXPKGS;

describe.skipIf(!nixpkgs)(`a pack of nixpkgs${nixpkgs ? '' : ' (skipped: VIXEN_NIXPKGS names no nixpkgs)'}`, () => {
  let out: string;
  beforeAll(async () => {
    out = newFolder();
    await makePack({ root: nixpkgs!, out, workloads: nixpkgsWorkloads.slice(0, 2) });
  }, 300_000);

  const hello = '(import <nixpkgs> { }).hello.drvPath';
  test('lib is at hand in 0.3 MB', async () => {
    const { text, pack } = await evaluatePack(out, '(import <nixpkgs/lib>).version');
    expect(text).toMatch(/^\d/);
    expect(pack.figures.bytes).toBeLessThan(300_000);
  });

  test('hello is what it is in the folder, with less than 2 MB', async () => {
    const { text, pack } = await evaluatePack(out, hello);
    expect(text).toBe(await evaluate(new NativeTree(), fs.realpathSync(nixpkgs!), hello));
    expect(pack.figures.bytes).toBeLessThan(2_000_000);
  });
});
