// `path:` inputs: a folder of the machine, copied as it is (libfetchers/path.cc).

import { lstatSync } from 'node:fs';
import { sri } from '@vixen/wasm';
import { type Attributes, fetchError, q, requiredAttr } from '../../core/fetch/input.ts';
import { joinPath, normalPath } from '../../core/files/paths.ts';
import { doesNotExist } from '../../core/files/tree.ts';
import { NativeTree, nativePath } from '../files.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { toSri } from './hashes.ts';

function newestTime(tree: NativeTree, root: string): number {
  let newest = 0;
  const todo = [root];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    newest = Math.max(newest, Math.floor(lstatSync(nativePath(path)).mtimeMs / 1000));
    if (tree.lstat(path)?.type !== 'directory') continue;
    for (const [name] of tree.readDir(path)) todo.push(joinPath(path, name));
  }
  return newest;
}

export async function fetchPath(context: FetchContext, input: Attributes): Promise<FetchedTree> {
  const given = requiredAttr(input, 'path');
  if (!given.startsWith('/')) throw fetchError(`cannot fetch input ${q(context.schemes.print(input))} because it uses a relative path`);
  const path = normalPath(given);
  const { store } = context;
  const known = path.startsWith(`${store.directory}/`) && path.endsWith('-source') ? await store.info(path) : undefined;
  if (known) return { storePath: path, narHash: sri({ algo: 'sha256', digest: known.narHash }), input: { lastModified: 0, ...input } };
  const tree = new NativeTree();
  if (!tree.lstat(path)) throw doesNotExist(path);
  const added = await store.addFrom(tree, path, 'source', { recursive: true });
  const lastModified = input.lastModified ?? newestTime(tree, path);
  return { storePath: added.path, narHash: toSri(added.narHash), input: { ...input, lastModified } };
}
