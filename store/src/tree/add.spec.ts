import { afterAll, describe, expect, test } from 'vitest';
import { openMemoryStore } from '../backends/memory.ts';
import { nativeHashers } from '../hashing.ts';
import { addTree } from './add.ts';
import { collected, isArchiveOf, Scratch, type Tree } from './testing/trees.ts';
import { folderStates } from './tree-states.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const file: Tree = { type: 'file', contents: new Uint8Array(Buffer.from('hello\n')), executable: false };

describe('adding a tree', () => {
  test('registers the path that Nix gives it', async () => {
    const store = await openMemoryStore(new URL('memory:'));
    const adding = { name: 'hello', hashers: nativeHashers, states: folderStates(scratch.fresh()) };
    const where = scratch.made(file);
    const info = await addTree(store, where, adding);
    // What `nix-store --add` of Nix 2.34.8 says.
    expect(info!.path).toBe('/nix/store/gwina1sjk7g95wq6fxc6b7s1hza53h74-hello');
    expect(isArchiveOf(await collected(store.nar(info!.path)), file)).toBe(true);
    expect((await addTree(store, where, adding))!.path).toBe(info!.path);
  });

  test('is left to others where the store has no castore', async () => {
    const { castore: _, ...store } = await openMemoryStore(new URL('memory:'));
    expect(await addTree(store as never, scratch.made(file), { name: 'hello', hashers: nativeHashers })).toBeUndefined();
  });
});
