/** What hashes bytes, whoever implements it: this package's Wasm module, or a runtime's own cryptography for large input. */

/** The algorithms that Nix knows, by the names that it prints. */
export type HashAlgo = 'md5' | 'sha1' | 'sha256' | 'sha512' | 'blake3';

/** Bytes of a digest. */
export const hashSizes: Readonly<Record<HashAlgo, number>> = { md5: 16, sha1: 20, sha256: 32, sha512: 64, blake3: 32 };

/** Whether a text names an algorithm. */
export function isHashAlgo(text: string): text is HashAlgo {
  return Object.hasOwn(hashSizes, text);
}

/** One computation. After `digest` it is used up. */
export interface Hasher {
  update(data: Uint8Array): this;
  digest(): Uint8Array;
}

export type HasherFactory = (algo: HashAlgo) => Hasher;

/** The digest of the bytes one after another. */
export function hashChunks(create: HasherFactory, algo: HashAlgo, chunks: Iterable<Uint8Array>): Uint8Array {
  const hasher = create(algo);
  for (const chunk of chunks) hasher.update(chunk);
  return hasher.digest();
}

/** Folds a digest to `size` bytes by exclusive or (Nix manual, "Store Path Specification"). */
export function compressHash(digest: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  digest.forEach((byte, i) => {
    out[i % size]! ^= byte;
  });
  return out;
}
