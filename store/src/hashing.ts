/** Hashers of the runtime's own cryptography. BLAKE3, which it lacks, comes from the Wasm module and whoever loads that. */
import { createHash } from 'node:crypto';
import type { Hasher, HasherFactory } from '@vixen/wasm';
import { StoreError } from './errors.ts';

export const nativeHashers: HasherFactory = (algo): Hasher => {
  if (algo === 'blake3') throw new StoreError('unsupported', 'BLAKE3 is not among the hashes of this runtime');
  const hash = createHash(algo);
  const hasher: Hasher = {
    update(data) {
      hash.update(data);
      return hasher;
    },
    digest: () => new Uint8Array(hash.digest()),
  };
  return hasher;
};
