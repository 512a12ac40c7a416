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

/** Several digests of the same bytes in one pass. After `digests` it is used up. */
export interface MultiHasher<A extends HashAlgo = HashAlgo> {
  /** Bytes so far. */
  readonly size: number;
  update(data: Uint8Array): this;
  digests(): Record<A, Uint8Array>;
}

/** A `MultiHasher` of single hashers, wherever they come from: NAR SHA-256 by the runtime's cryptography and BLAKE3 by Wasm, say. */
export function createMultiHasher<A extends HashAlgo>(create: HasherFactory, algos: readonly A[]): MultiHasher<A> {
  const hashers = algos.map((algo) => [algo, create(algo)] as const);
  let size = 0;
  const all: MultiHasher<A> = {
    get size() {
      return size;
    },
    update(data) {
      size += data.length;
      for (const [, hasher] of hashers) hasher.update(data);
      return all;
    },
    digests: () => Object.fromEntries(hashers.map(([algo, hasher]) => [algo, hasher.digest()])) as Record<A, Uint8Array>,
  };
  return all;
}

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
