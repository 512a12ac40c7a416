/** What signatures of store paths are made of (Nix manual, "Signing"; libstore/path-info.cc). */
import { StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';
import { nix32Hash, sha256 } from './hash.ts';
import { sortedPaths } from './store-path.ts';

type Signed = Pick<PathInfo, 'path' | 'narHash' | 'narSize' | 'references'>;

/** `1;<path>;sha256:<base 32>;<size>;<references, with commas>` */
export function pathFingerprint({ path, narHash, narSize, references }: Signed): string {
  if (narSize === 0) {
    throw new StoreError('invalid', `cannot calculate fingerprint of path '${path}' because its size is not known`);
  }
  return `1;${path};${nix32Hash(sha256(narHash))};${narSize};${sortedPaths(references).join(',')}`;
}
