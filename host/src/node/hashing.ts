// Hashers: the runtime's own cryptography, which is fast on large input; our Wasm module for small input, where it is faster than a call of
// that, and for BLAKE3, which the runtime lacks (docs/hashing.md has the figures).
import { createHash } from 'node:crypto';
import { adaptiveHashers, type Hasher, type HasherFactory, WasmHashes } from '@vixen/wasm';
import { hashModule } from './wasm.ts';

let wasm: WasmHashes | undefined;

const wasmHashers: HasherFactory = (algo) => {
  wasm ??= new WasmHashes(hashModule());
  return wasm.createHasher(algo);
};

const nativeHashers: HasherFactory = (algo) => {
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

const fastest = adaptiveHashers({ small: wasmHashers, large: nativeHashers });

/** Hashers for every algorithm that Nix knows. */
export const nodeHashers: HasherFactory = (algo) => (algo === 'blake3' ? wasmHashers(algo) : fastest(algo));
