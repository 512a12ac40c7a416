// Hashes of what lies on this machine: of a path's archive, or of a file's bytes.
import { hashFile, hashTree } from '@vixen/store/tree';
import type { HashAlgo } from '@vixen/wasm';
import { nodeHashers } from './hashing.ts';

export type HashMode = 'nar' | 'flat';

export interface HashPathOptions {
  readonly mode: HashMode;
  readonly algo: HashAlgo;
  readonly signal?: AbortSignal;
}

/** The digest of a path's archive, or (`flat`) of the bytes that reading it gives: pipes, too. */
export async function hashPath(path: string, { mode, algo, signal }: HashPathOptions): Promise<Uint8Array> {
  const hash = mode === 'nar' ? hashTree : hashFile;
  return (await hash(path, algo, nodeHashers, { signal })).digest;
}
