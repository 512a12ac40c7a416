// Files of this machine as archives, and into stores.
import { type AddMethod, addArchive, describeArchive, type PathInfo, type Store } from '@vixen/store';
import { addTree, dumpTree, folderStates } from '@vixen/store/tree';
import type { HashAlgo } from '@vixen/wasm';
import { xdgFolder } from './folders.ts';
import { nodeHashers } from './hashing.ts';

export interface FilesToAdd {
  readonly source: string;
  readonly name: string;
  readonly method: AddMethod;
  readonly algo: HashAlgo;
  readonly signal: AbortSignal;
}

const archiveOf = ({ source, ...naming }: FilesToAdd) => ({
  ...naming,
  hashers: nodeHashers,
  archive: () => dumpTree(source, { signal: naming.signal }),
});

/** What trees were when they were last added, so that those which have not changed need not be read again. */
const states = () => folderStates(`${xdgFolder(process.env, 'XDG_CACHE_HOME', '.cache')}/vixen/trees`);

/** Adds a file or folder to a store under the name that its contents have. */
export async function addFiles(store: Store, files: FilesToAdd): Promise<PathInfo> {
  const { source, name, method, algo, signal } = files;
  const isTree = method === 'nar' && algo === 'sha256';
  const added = isTree ? await addTree(store, source, { name, hashers: nodeHashers, signal, states: states() }) : undefined;
  return added ?? addArchive(store, archiveOf(files));
}

/** What `addFiles` would give. */
export const describeFiles = (directory: string, files: FilesToAdd): Promise<PathInfo> => describeArchive(directory, archiveOf(files));
