import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@vixen/store';
import { StoreDir } from '@vixen/wasm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AddPathRequest } from '../core/io.ts';
import { EvaluationStore } from './eval-store.ts';
import { NativeTree } from './files.ts';
import { nodeHashers } from './hashing.ts';

let dir = '';
let stores: EvaluationStore[] = [];
beforeEach(() => {
  stores = [];
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-store-')));
  fs.mkdirSync(path.join(dir, 'src/sub'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'src/a'), 'a\n');
  fs.writeFileSync(path.join(dir, 'src/sub/run'), '#!\n', { mode: 0o755 });
  fs.symlinkSync('a', path.join(dir, 'src/link'));
});
afterEach(async () => {
  for (const store of stores) await store.close();
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755);
  }
  fs.rmSync(dir, { recursive: true });
});

function open(readOnly = false, opened: (store: Store) => void = () => {}) {
  const openIt = async () => {
    const store = await openStore(`embedded://${path.join(dir, 'root')}`);
    opened(store);
    return store;
  };
  const store = new EvaluationStore({ open: openIt, readOnly, tree: new NativeTree(), hashers: nodeHashers });
  stores.push(store);
  return store;
}
const request = (changes: Partial<AddPathRequest> = {}): AddPathRequest => ({
  path: path.join(dir, 'src'),
  name: 'src',
  recursive: true,
  follow: false,
  computeOnly: false,
  references: [],
  expected: '',
  kept: undefined,
  ...changes,
});

// What Nix 2.34.8 computes for the same tree.
const wholeTree = '/nix/store/7d4qfr2k2za7hj94j7cxlllgza591mkm-src';

test('a tree gets a path that follows from its contents, and no store is opened for it', () => {
  const store = open(true, () => expect.unreachable());
  const first = store.addPath(request());
  expect(first).toBe(wholeTree);
  expect(open(true).addPath(request())).toBe(first);
  expect(store.addPath(request({ kept: ['a'] }))).not.toBe(first);
  expect(fs.existsSync(path.join(dir, 'root'))).toBe(false);
});

test('a tree becomes files as Nix keeps it', async () => {
  const store = open();
  const added = store.addPath(request()) as string;
  expect(await store.isValid(added)).toBe(true);
  expect(await store.materialise(added)).toBe(true);
  const place = (name: string) => path.join(dir, 'root', added, name);
  expect(fs.readFileSync(place('a'), 'utf8')).toBe('a\n');
  expect(fs.readlinkSync(place('link'))).toBe('a');
  expect(fs.statSync(place('sub/run')).mode & 0o777).toBe(0o555);
  expect(fs.statSync(place('a')).mode & 0o777).toBe(0o444);
  expect(fs.statSync(place('a')).mtimeMs).toBe(1000);
  expect(await store.closure(added)).toEqual([{ path: added, outputs: [] }]);
  expect(await store.materialise('/nix/store/00000000000000000000000000000000-gone')).toBe(false);
});

test('only what is listed is taken', async () => {
  const store = open();
  const added = store.addPath(request({ kept: ['sub', 'sub/run'] })) as string;
  await store.flush();
  expect(fs.readdirSync(await store.files(added))).toEqual(['sub']);
});

test('files, flat and as trees', async () => {
  const store = open();
  const file = { path: path.join(dir, 'src/a'), name: 'a' };
  const flat = store.addPath(request({ ...file, recursive: false })) as string;
  expect(flat).not.toBe(store.addPath(request(file)));
  await store.flush();
  expect(fs.readFileSync(await store.files(flat), 'utf8')).toBe('a\n');
});

test('symlinks are followed when that is asked for', () => {
  const store = open(true);
  const link = { path: path.join(dir, 'src/link'), name: 'x' };
  expect(store.addPath(request({ ...link, follow: true }))).toBe(store.addPath(request({ path: path.join(dir, 'src/a'), name: 'x' })));
  expect(store.addPath(request(link))).not.toBe(store.addPath(request({ ...link, follow: true })));
});

const textPath = (name: string, contents: Uint8Array, references: string[] = []) =>
  new StoreDir(nodeHashers).makeTextPath(name, nodeHashers('sha256').update(contents).digest(), references);
const bytes = (text: string) => new TextEncoder().encode(text);

test('texts and derivations, with what they refer to', async () => {
  const store = open();
  const contents = bytes('hello');
  const text = textPath('text', contents);
  store.addText('text', contents, [], text);
  const out = '/nix/store/22222222222222222222222222222222-x';
  const aterm = bytes(`Derive([("dev","${out}-dev","",""),("out","${out}","","")],[],["${text}"],"x","b",[],[])`);
  const drv = textPath('x.drv', aterm, [text]);
  store.addText('x.drv', aterm, [text], drv);
  expect(await store.readDerivation(drv)).toEqual(aterm);
  expect(await store.references(drv)).toEqual([text]);
  expect((await store.closure(drv)).sort((a, b) => (a.path.endsWith('.drv') ? -1 : b.path.endsWith('.drv') ? 1 : 0))).toEqual([
    { path: drv, outputs: ['dev', 'out'] },
    { path: text, outputs: [] },
  ]);
  expect(Buffer.from(await store.readDerivation(drv)).equals(aterm)).toBe(true);
  await expect(store.realise([`!out!${drv}`], true)).rejects.toThrow('cannot build');
  expect((await store.realise([text], true)).size).toBe(0);
  await expect(store.realise(['/nix/store/33333333333333333333333333333333-gone'], true)).rejects.toThrow('is not valid');
});

test('a source that changes while it is being evaluated is told', async () => {
  const store = open();
  store.addPath(request());
  fs.appendFileSync(path.join(dir, 'src/a'), 'more');
  await expect(store.flush()).rejects.toThrow('changed while it was being evaluated');
  stores = [];
});

test('a root keeps a path and is registered', async () => {
  const store = open();
  const added = store.addPath(request()) as string;
  await store.addRoot(added, path.join(dir, 'result'));
  await store.addRoot(added, path.join(dir, 'result'));
  expect(fs.readlinkSync(path.join(dir, 'result'))).toBe(path.join(dir, 'root', added));
  const auto = path.join(dir, 'root/nix/var/nix/gcroots/auto');
  expect(fs.readdirSync(auto).map((name) => fs.readlinkSync(path.join(auto, name)))).toEqual([path.join(dir, 'result')]);
});

test('what cannot be in a store is refused', () => {
  expect(() => open().addPath(request({ path: '/dev/null' }))).toThrow('has an unsupported type');
  expect(() => open().addPath(request({ path: path.join(dir, 'gone') }))).toThrow('does not exist');
  expect(() => open().addPath(request({ name: 'a b' }))).toThrow('illegal character');
});
