/** File trees as content-addressed paths of a store that has a castore. */
import { formatHash, type HasherFactory, StoreDir } from '@vixen/wasm';
import type { PathInfo } from '../path-info.ts';
import type { Store } from '../service.ts';
import { type IngestOptions, ingestTree } from './ingest.ts';
import type { FilePath } from './paths.ts';
import type { IngestedTree } from './snapshot.ts';

export interface TreeToAdd extends Omit<IngestOptions, 'isStored'> {
  readonly name: string;
  /** Paths that it refers to. */
  readonly references?: readonly string[];
  readonly hashers: HasherFactory;
}

/**
 * Adds what lies at `path`, named by its archive's SHA-256, as `nix-store --add`. Answers undefined where the store has no castore of its own: then its archive is to
 * be added. With `states`, a tree that has not changed since it was added is not read.
 */
export async function addTree(store: Store, path: FilePath, adding: TreeToAdd): Promise<PathInfo | undefined> {
  const { signal } = adding;
  if (!store.castore || !store.register) return undefined;
  const infoOf = (tree: IngestedTree) => describe(store.directory, tree, adding);
  const validOf = (tree: IngestedTree) => store.pathInfo(infoOf(tree).path, { signal });
  const tree = await ingestTree(path, store.castore, { ...adding, isStored: async (known) => (await validOf(known)) !== undefined });
  const valid = await validOf(tree);
  if (valid) return valid;
  const info = infoOf(tree);
  await store.register([info], { signal });
  return info;
}

function describe(directory: string, { node, narHash, narSize }: IngestedTree, { name, references = [], hashers }: TreeToAdd): PathInfo {
  const hash = { algo: 'sha256', digest: narHash } as const;
  const sorted = [...references].sort();
  const path = new StoreDir(hashers, directory).makeFixedOutputPath(name, { method: 'nar', hash, references: sorted });
  return { path, narHash, narSize, references: sorted, signatures: [], ca: `fixed:r:${formatHash(hash, 'nix32')}`, node };
}
