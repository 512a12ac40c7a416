import { expect, test } from 'vitest';
import { LayeredTree } from './layered.ts';
import { LazyTree, MissingTree } from './lazy.ts';
import { MemoryTree } from './memory.ts';
import { MountedTree } from './mounted.ts';
import { FileError, type FileTree } from './tree.ts';

const text = (tree: FileTree, path: string) => new TextDecoder().decode(tree.readFile(path));

/** A tree that tells what it is to make ready. */
function prepared(): { tree: FileTree; asked: string[] } {
  const asked: string[] = [];
  const memory = new MemoryTree({ '/a/f': 'f', '/b': 'b' });
  const prepare = (path: string, accept: (path: string) => boolean = () => true) => {
    asked.push(path, ...['/a', '/b'].filter(accept));
  };
  return { tree: Object.assign(memory, { prepare }), asked };
}

test('a mounted tree is seen below its folder', () => {
  const tree = new LayeredTree(new MemoryTree({ '/work/x': 'x' }), new MountedTree('/some/where', new MemoryTree({ '/a/f': 'f' })));
  expect(text(tree, '/work/x')).toBe('x');
  expect(text(tree, '/some/where/a/f')).toBe('f');
  expect(tree.readDir('/').map(([name]) => name)).toEqual(['some', 'work']);
  expect(tree.readDir('/some')).toEqual([['where', 'directory']]);
  expect(tree.lstat('/some/other')).toBeUndefined();
  expect(() => tree.readFile('/some/where/gone')).toThrow("path '\x0e/some/where/gone\x0f' does not exist");
  expect(() => tree.readDir('/some/where/a/f')).toThrow('"/some/where/a/f"');
});

test('what is to be read whole is made ready in the tree that has it', () => {
  const { tree: inner, asked } = prepared();
  const tree = new LayeredTree(new MemoryTree({ '/work/x': 'x' }), new MountedTree('/m', inner));
  tree.prepare('/work');
  expect(asked.splice(0)).toEqual([]);
  tree.prepare('/m/a', (path) => path !== '/m/b');
  expect(asked.splice(0)).toEqual(['/a', '/a']);
  tree.prepare('/');
  expect(asked.splice(0)).toEqual(['/', '/a', '/b']);
  tree.prepare('/', (path) => path !== '/m');
  expect(asked).toEqual([]);
});

test('a lazy tree is opened once, when it is asked for something, and again after a failure', async () => {
  let opened = 0;
  const tree = new LazyTree(async () => {
    opened += 1;
    if (opened === 1) throw new Error('no network');
    return new MemoryTree({ '/f': 'f' });
  });
  const waited = () => {
    try {
      return text(tree, '/f');
    } catch (error) {
      return error;
    }
  };
  await expect(waited()).rejects.toThrow('no network');
  await waited();
  expect(waited()).toBe('f');
  expect(opened).toBe(2);
});

test('a missing tree fails with what it is given', () => {
  const tree = new MissingTree(() => {
    throw new FileError('failed', 'make one');
  });
  expect(() => new MountedTree('/m', tree).lstat('/m/x')).toThrow('make one');
});
