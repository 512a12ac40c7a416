import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveSymlinks } from '../core/files/paths.ts';
import { NativeTree } from './files.ts';
import { StoreTree } from './store-tree.ts';

let dir = '';
const tree = new NativeTree();

beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-files-')));
  fs.mkdirSync(path.join(dir, 'sub'));
  fs.writeFileSync(path.join(dir, 'text'), 'contents');
  fs.writeFileSync(path.join(dir, 'empty'), '');
  fs.writeFileSync(path.join(dir, 'run'), '#!', { mode: 0o755 });
  fs.symlinkSync('text', path.join(dir, 'link'));
  fs.symlinkSync('loop', path.join(dir, 'loop'));
  fs.writeFileSync(Buffer.concat([Buffer.from(`${dir}/sub/`), Buffer.from([0xff, 0x61])]), 'odd');
});
afterAll(() => fs.rmSync(dir, { recursive: true }));

const text = (name: string) => new TextDecoder().decode(tree.readFile(path.join(dir, name)));

test('files, through symlinks too', () => {
  expect(text('text')).toBe('contents');
  expect(text('link')).toBe('contents');
  expect(text('empty')).toBe('');
});

test('what says that it is empty is read to its end', () => {
  expect(new TextDecoder().decode(tree.readFile('/proc/self/stat')).length).toBeGreaterThan(10);
});

test('the room for the contents is used', () => {
  let room: Uint8Array | undefined;
  const bytes = tree.readFile(path.join(dir, 'text'), (length) => {
    const given = new Uint8Array(length);
    room = given;
    return given;
  });
  expect(bytes).toBe(room);
});

test('kinds of files', () => {
  const kind = (name: string) => tree.lstat(path.join(dir, name))?.type;
  expect([kind('text'), kind('sub'), kind('link'), kind('gone')]).toEqual(['regular', 'directory', 'symlink', undefined]);
  expect(tree.stat(path.join(dir, 'link'))?.type).toBe('regular');
  expect(tree.lstat(path.join(dir, 'run'))?.executable).toBe(true);
  expect(tree.lstat('/dev/null')?.type).toBe('other');
});

test('names of any bytes', () => {
  const [[name = '', type]] = tree.readDir(path.join(dir, 'sub')) as [[string, string]];
  expect([name, type]).toEqual(['\udcffa', 'regular']);
  expect(text(`sub/${name}`)).toBe('odd');
});

test.each([
  ['a missing file', 'gone', 'does not exist'],
  ['a folder', 'sub', 'Is a directory'],
  ['a symlink to itself', 'loop', 'infinite symlink recursion'],
])('reading %s', (_, name, message) => expect(() => text(name)).toThrow(message));

test('listing what is no folder', () => {
  expect(() => tree.readDir(path.join(dir, 'text'))).toThrow('Not a directory');
  expect(() => tree.readDir(path.join(dir, 'gone'))).toThrow('does not exist');
});

test('a store in a folder of its own is seen below /nix/store', () => {
  const root = path.join(dir, 'root');
  fs.mkdirSync(path.join(root, 'nix/store/abc-x'), { recursive: true });
  fs.writeFileSync(path.join(root, 'nix/store/abc-x/file'), 'in the store');
  fs.symlinkSync('/nix/store/abc-x', path.join(dir, 'result'));
  const union = new StoreTree(tree, new NativeTree(root), '/nix/store');
  const read = (file: string) => new TextDecoder().decode(union.readFile(file));
  expect(read('/nix/store/abc-x/file')).toBe('in the store');
  expect(read(path.join(dir, 'text'))).toBe('contents');
  expect(read(path.join(dir, 'result/file'))).toBe('in the store');
  expect(resolveSymlinks(union, path.join(dir, 'result/file'))).toBe('/nix/store/abc-x/file');
  expect(union.stat(path.join(dir, 'result'))?.type).toBe('directory');
  expect(union.readDir('/nix/store/abc-x')).toEqual([['file', 'regular']]);
  const alone = new StoreTree(undefined, new NativeTree(root), '/nix/store');
  expect(alone.lstat(path.join(dir, 'text'))).toBeUndefined();
  expect(alone.lstat('/nix/store/abc-x/file')?.type).toBe('regular');
});
