/** Hashes of both ends of a compressor, computed where that costs least. */
import { nativeHashers } from '../hashing.ts';
import type { Bytes } from '../service.ts';
import type { FileDigests } from './file-digests.ts';

/** SHA-256. */
export interface Sums {
  /** Of what came, once all has come. */
  source?: Uint8Array;
  /** Of what it became. */
  result?: Uint8Array;
  /** Whether BLAKE3 of the files in an archive is wanted, where threads decompress it. */
  wantsFiles?: boolean;
  /** Set before the first bytes of the result, where somebody computes them. */
  files?: FileDigests;
}

/** Passes bytes on, and tells their SHA-256 at the end. */
export async function* summed(source: Bytes, tell: (digest: Uint8Array) => void): AsyncGenerator<Uint8Array, void, void> {
  const hasher = nativeHashers('sha256');
  for await (const chunk of source) {
    hasher.update(chunk);
    yield chunk;
  }
  tell(hasher.digest());
}

/** Runs what knows nothing of sums. */
export async function* withSums(
  sums: Sums | undefined,
  source: Bytes,
  run: (source: Bytes) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  if (!sums) {
    yield* run(source);
    return;
  }
  const counted = summed(source, (digest) => {
    sums.source = digest;
  });
  yield* summed(run(counted), (digest) => {
    sums.result = digest;
  });
}
