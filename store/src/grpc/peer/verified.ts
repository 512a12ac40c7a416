/** Contents from a peer are looked at before anyone else sees that they are what their digests promise. */
import { equalBytes, hex } from '../../castore/bytes.ts';
import { decodeDirectory } from '../../castore/directory.ts';
import type { Directory } from '../../castore/node.ts';
import { StoreError } from '../../errors.ts';
import { blake3, wasmHashes } from '../../wasm.ts';

const differs = (what: string, digest: Uint8Array, url: string) =>
  new StoreError('corrupt', `${url}: ${what} ${hex(digest)} came with other contents`);

/** The bytes of a whole blob; fails at their end with `corrupt` where they are others. */
export async function* verifiedBlob(
  chunks: AsyncIterable<Uint8Array>,
  digest: Uint8Array,
  url: string,
): AsyncGenerator<Uint8Array, void, void> {
  const hasher = wasmHashes().createHasher('blake3');
  let found: Uint8Array | undefined;
  try {
    for await (const chunk of chunks) {
      hasher.update(chunk);
      yield chunk;
    }
    found = hasher.digest();
  } finally {
    // Its digest gives the hasher back, also where not all was read.
    if (!found) hasher.digest();
  }
  if (!equalBytes(found, digest)) throw differs('blob', digest, url);
}

export function verifiedBytes(bytes: Uint8Array, digest: Uint8Array, url: string): Uint8Array {
  if (!equalBytes(blake3(bytes), digest)) throw differs('blob', digest, url);
  return bytes;
}

export function verifiedDirectory(encoded: Uint8Array, digest: Uint8Array, url: string): Directory {
  if (!equalBytes(blake3(encoded), digest)) throw differs('directory', digest, url);
  return decodeDirectory(encoded);
}

/** Fails with `corrupt` where a peer answers a list that is not as long as it was asked for. */
export function sameLength<T>(answers: readonly T[], count: number, url: string): readonly T[] {
  if (answers.length !== count) throw new StoreError('corrupt', `${url}: asked for ${count} answers, the server gave ${answers.length}`);
  return answers;
}
