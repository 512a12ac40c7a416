// Hashers: the runtime's own cryptography, which is fast on large input, and our Wasm module for BLAKE3, which it lacks.
import { createHash } from 'node:crypto';
import { type HashAlgo, type Hasher, type HasherFactory, WasmHashes } from '@vixen/wasm';
import { hashModule } from './wasm.ts';

let wasm: WasmHashes | undefined;

function blake3(): Hasher {
  wasm ??= new WasmHashes(hashModule());
  return wasm.createHasher('blake3');
}

/** Hashers for every algorithm that Nix knows. */
export const nodeHashers: HasherFactory = (algo: HashAlgo): Hasher => {
  if (algo === 'blake3') return blake3();
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
