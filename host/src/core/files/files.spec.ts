import { expect, test } from 'vitest';
import { GuardedTree } from './access.ts';
import { isWithin, normalPath, resolveImport, resolveSymlinks } from './paths.ts';
import { doesNotExist, type FileTree } from './tree.ts';

/** A tree of texts; a text that begins with `-> ` is a symlink. */
function treeOf(files: Record<string, string>): FileTree {
  const folders = new Set(['/']);
  for (const file of Object.keys(files)) {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) folders.add(file.slice(0, at));
  }
  const tree: FileTree = {
    lstat(path) {
      if (folders.has(path)) return { type: 'directory', size: 0, executable: false };
      const text = files[path];
      return text === undefined
        ? undefined
        : { type: text.startsWith('-> ') ? 'symlink' : 'regular', size: text.length, executable: false };
    },
    stat: (path) => tree.lstat(resolveSymlinks(tree, path)),
    readFile(path) {
      const text = files[resolveSymlinks(tree, path)];
      if (text === undefined) throw doesNotExist(path);
      return new TextEncoder().encode(text);
    },
    readDir: () => [],
    readLink: (path) => files[path]!.slice('-> '.length),
  };
  return tree;
}

test.each([
  ['/a/./b//c/', '/a/b/c'],
  ['a/../b', '/base/b'],
  ['/../..', '/'],
  ['', '/base'],
])('%s is %s', (path, normal) => expect(normalPath(path, '/base')).toBe(normal));

test('within', () => {
  expect(isWithin('/a/b', '/a')).toBe(true);
  expect(isWithin('/ab', '/a')).toBe(false);
  expect(isWithin('/a', '/')).toBe(true);
});

const links = treeOf({
  '/real/x': 'x',
  '/link': '-> real',
  '/real/up': '-> ../other',
  '/other': 'o',
  '/loop': '-> loop',
  '/abs': '-> /real/x',
});

test.each([
  ['/link/x', '/real/x'],
  ['/link/up', '/other'],
  ['/abs', '/real/x'],
  ['/missing/x', '/missing/x'],
])('%s leads to %s', (path, target) => expect(resolveSymlinks(links, path)).toBe(target));

test('the last part may stay a symlink', () => {
  expect(resolveSymlinks(links, '/link/up', 'parents')).toBe('/real/up');
});

test('a loop is noticed', () => {
  expect(() => resolveSymlinks(links, '/loop')).toThrow('infinite symlink recursion');
  expect(() => resolveImport(links, '/loop')).toThrow('too many symbolic links');
});

test("import follows the final symlink alone, and takes a folder's default.nix", () => {
  const tree = treeOf({ '/d/default.nix': '1', '/to': '-> /d', '/l/f.nix': '-> ../d/default.nix' });
  expect(resolveImport(tree, '/to')).toBe('/d/default.nix');
  expect(resolveImport(tree, '/l/f.nix')).toBe('/d/default.nix');
  expect(() => resolveImport(tree, '/gone/x')).toThrow("path '\x0e/gone/x\x0f' does not exist");
});

test('only what is allowed can be seen', () => {
  const guarded = new GuardedTree(treeOf({ '/a/b/c': 'c', '/a/x': 'x', '/in': '-> /a/b/c', '/a/b/out': '-> /a/x' }), 'restricted');
  guarded.allow('/a/b');
  expect(new TextDecoder().decode(guarded.readFile('/a/b/c'))).toBe('c');
  expect(guarded.lstat('/a')?.type).toBe('directory');
  expect(guarded.lstat('/a/x')).toBeUndefined();
  expect(() => guarded.readFile('/a/x')).toThrow("access to absolute path '\x0e/a/x\x0f' is forbidden \x0ein restricted mode\x0f");
  expect(() => guarded.readFile('/a/b/out')).toThrow('/a/x');
  expect(() => resolveImport(guarded, '/a/x')).toThrow('is forbidden');
});
