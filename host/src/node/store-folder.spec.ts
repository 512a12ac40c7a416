import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AddPathRequest } from '../core/io.ts';
import { NativeTree } from './files.ts';
import { nodeHashers } from './hashing.ts';
import { StoreFolder } from './store-folder.ts';

let dir = '';
beforeEach(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-store-')));
  fs.mkdirSync(path.join(dir, 'src/sub'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'src/a'), 'a\n');
  fs.writeFileSync(path.join(dir, 'src/sub/run'), '#!\n', { mode: 0o755 });
  fs.symlinkSync('a', path.join(dir, 'src/link'));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const open = (readOnly = false) =>
  new StoreFolder({ root: path.join(dir, 'root'), readOnly, tree: new NativeTree(), hashers: nodeHashers });
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

test('a tree gets a path that follows from its contents', () => {
  const store = open(true);
  const first = store.addPath(request());
  expect(first).toBe(wholeTree);
  expect(open(true).addPath(request())).toBe(first);
  expect(store.addPath(request({ kept: ['a'] }))).not.toBe(first);
  expect(fs.existsSync(path.join(dir, 'root'))).toBe(false);
});

test('a tree is copied as Nix keeps it', () => {
  const store = open();
  const added = store.addPath(request()) as string;
  const place = (name: string) => path.join(store.physical(added), name);
  expect(fs.readFileSync(place('a'), 'utf8')).toBe('a\n');
  expect(fs.readlinkSync(place('link'))).toBe('a');
  expect(fs.statSync(place('sub/run')).mode & 0o777).toBe(0o555);
  expect(fs.statSync(place('a')).mode & 0o777).toBe(0o444);
  expect(fs.statSync(place('a')).mtimeMs).toBe(1000);
  expect(store.isValid(added)).toBe(true);
  expect(store.closure(added)).toEqual([{ path: added, outputs: [] }]);
  expect(fs.readdirSync(path.join(dir, 'root/nix/store'))).toEqual([path.basename(added)]);
});

test('only what is listed is taken', () => {
  const store = open();
  const added = store.addPath(request({ kept: ['sub', 'sub/run'] })) as string;
  expect(fs.readdirSync(store.physical(added))).toEqual(['sub']);
});

test('files, flat and as trees', () => {
  const store = open();
  const file = { path: path.join(dir, 'src/a'), name: 'a' };
  const flat = store.addPath(request({ ...file, recursive: false })) as string;
  expect(flat).not.toBe(store.addPath(request(file)));
  expect(fs.readFileSync(store.physical(flat), 'utf8')).toBe('a\n');
});

test('symlinks are followed when that is asked for', () => {
  const store = open(true);
  const link = { path: path.join(dir, 'src/link'), name: 'x' };
  expect(store.addPath(request({ ...link, follow: true }))).toBe(store.addPath(request({ path: path.join(dir, 'src/a'), name: 'x' })));
  expect(store.addPath(request(link))).not.toBe(store.addPath(request({ ...link, follow: true })));
});

test('texts and derivations, with what they refer to', () => {
  const store = open();
  const [text, drv] = ['/nix/store/00000000000000000000000000000000-text', '/nix/store/11111111111111111111111111111111-x.drv'];
  store.addText('text', new TextEncoder().encode('hello'), [], text);
  const aterm =
    'Derive([("dev","/nix/store/22222222222222222222222222222222-x-dev","",""),("out","/nix/store/22222222222222222222222222222222-x","","")],[],[],"x","b",[],[])';
  store.addText('x.drv', new TextEncoder().encode(aterm), [text], drv);
  expect(fs.readFileSync(store.physical(text), 'utf8')).toBe('hello');
  expect(store.references(drv)).toEqual([text]);
  expect(store.closure(drv)).toEqual([
    { path: drv, outputs: ['dev', 'out'] },
    { path: text, outputs: [] },
  ]);
  expect(() => store.realise([`!out!${drv}`], true)).toThrow('cannot build');
  expect(store.realise([text], true).size).toBe(0);
  expect(() => store.realise(['/nix/store/3-gone'], true)).toThrow('is not valid');
});

test('a root keeps a path and is registered', () => {
  const store = open();
  const added = store.addPath(request()) as string;
  store.addRoot(added, path.join(dir, 'result'));
  store.addRoot(added, path.join(dir, 'result'));
  expect(fs.readlinkSync(path.join(dir, 'result'))).toBe(added);
  const auto = path.join(dir, 'root/nix/var/nix/gcroots/auto');
  expect(fs.readdirSync(auto).map((name) => fs.readlinkSync(path.join(auto, name)))).toEqual([path.join(dir, 'result')]);
});

test('what cannot be in a store is refused', () => {
  expect(() => open().addPath(request({ path: '/dev/null' }))).toThrow('has an unsupported type');
  expect(() => open().addPath(request({ path: path.join(dir, 'gone') }))).toThrow('does not exist');
  expect(() => open().addPath(request({ name: 'a b' }))).toThrow('illegal character');
});
