// Files of this machine as archives, and into stores.
import { type AddMethod, addArchive, describeArchive, type PathInfo, type Store } from '@vixen/store';
import { dumpTree } from '@vixen/store/tree';
import type { HashAlgo } from '@vixen/wasm';
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

/** Adds a file or folder to a store under the name that its contents have. */
export const addFiles = (store: Store, files: FilesToAdd): Promise<PathInfo> => addArchive(store, archiveOf(files));

/** What `addFiles` would give. */
export const describeFiles = (directory: string, files: FilesToAdd): Promise<PathInfo> => describeArchive(directory, archiveOf(files));
