/** Archives on their way: hashed and counted, and compared with what was promised. */
import { formatHash } from '@vixen/wasm';
import { StoreError } from './errors.ts';
import { sha256 } from './formats/hash.ts';
import { nativeHashers } from './hashing.ts';
import type { PathInfo } from './path-info.ts';
import type { Bytes } from './service.ts';

type Promised = Pick<PathInfo, 'path' | 'narHash' | 'narSize'>;

/** Passes an archive on; fails with `corrupt`, in Nix's words, when it is another than `info` says, as soon as it is too long. */
export async function* checkedNar(info: Promised, nar: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const hasher = nativeHashers('sha256');
  let size = 0;
  for await (const chunk of nar) {
    size += chunk.length;
    if (size > info.narSize) throw sizeMismatch(info, size);
    hasher.update(chunk);
    yield chunk;
  }
  requireSame(info, hasher.digest(), size);
}

/** Fails with `corrupt` when an archive is another than promised. */
export function requireSame(info: Promised, narHash: Uint8Array, narSize: number): void {
  // As Nix, the hash first.
  if (!Buffer.from(narHash).equals(info.narHash)) throw hashMismatch(info, narHash);
  if (narSize !== info.narSize) throw sizeMismatch(info, narSize);
}

/** Passes an archive on; fails when it becomes longer than promised. */
export async function* limitedNar(info: Promised, nar: Bytes): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const chunk of nar) {
    size += chunk.length;
    if (size > info.narSize) throw sizeMismatch(info, size);
    yield chunk;
  }
}

function hashMismatch({ path, narHash }: Promised, digest: Uint8Array): StoreError {
  const [specified, got] = [narHash, digest].map((bytes) => formatHash(sha256(bytes), 'nix32'));
  return new StoreError('corrupt', `hash mismatch importing path '${path}';\n  specified: ${specified}\n  got:       ${got}`);
}

function sizeMismatch({ path, narSize }: Promised, size: number): StoreError {
  return new StoreError('corrupt', `size mismatch importing path '${path}';\n  specified: ${narSize}\n  got:       ${size}`);
}
