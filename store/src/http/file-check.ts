/** Compressed archives on their way from a cache, compared with what their narinfo says. */
import { StoreError } from '../errors.ts';
import { nix32Hash } from '../formats/hash.ts';
import type { NarInfo } from '../formats/narinfo.ts';
import { nativeHashers } from '../hashing.ts';
import type { Bytes } from '../service.ts';

/**
 * Passes a file on; fails with `corrupt` when it is another than the narinfo says, as soon as it is too long. With `summed` its SHA-256 is left to who
 * computes that, and asks `requireFileHash`.
 */
export async function* checkedFile(info: NarInfo, file: Bytes, cache: string, summed = false): AsyncGenerator<Uint8Array, void, void> {
  const { url, fileHash, fileSize } = info;
  // What is not compressed is checked as the archive that it is.
  if (info.compression === 'none' && fileSize === info.narSize && fileHash && Buffer.from(fileHash.digest).equals(info.narHash)) {
    yield* file;
    return;
  }
  const left = summed && fileHash?.algo === 'sha256';
  const hasher = fileHash && fileHash.algo !== 'blake3' && !left ? nativeHashers(fileHash.algo) : undefined;
  let size = 0;
  for await (const chunk of file) {
    size += chunk.length;
    if (fileSize > 0 && size > fileSize) throw corrupt(url, cache, `it has more than ${fileSize} bytes`);
    hasher?.update(chunk);
    yield chunk;
  }
  if (fileSize > 0 && size !== fileSize) throw corrupt(url, cache, `it has ${size} bytes instead of ${fileSize}`);
  if (hasher) requireFileHash(info, hasher.digest(), cache);
}

/** Fails with `corrupt` when a file's hash is another than the narinfo says. */
export function requireFileHash({ url, fileHash }: NarInfo, digest: Uint8Array, cache: string): void {
  if (!fileHash || Buffer.from(digest).equals(fileHash.digest)) return;
  throw corrupt(url, cache, `its hash is ${nix32Hash({ algo: fileHash.algo, digest })} instead of ${nix32Hash(fileHash)}`);
}

const corrupt = (url: string, cache: string, reason: string) =>
  new StoreError('corrupt', `file '${url}' of binary cache '${cache}' is corrupt: ${reason}`);
