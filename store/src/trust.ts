/** Whether what is said of a path can be believed: it makes the path's name, or a trusted key signed it (libstore/path-info.cc). */
import type { StoreDir } from '@vixen/wasm';
import { StoreError } from './errors.ts';
import { isContentAddressed } from './formats/content-address.ts';
import { pathFingerprint } from './formats/fingerprint.ts';
import type { PublicKeys } from './formats/keys.ts';
import type { PathInfo } from './path-info.ts';

/** How many of the path's signatures are of trusted keys; infinity where it needs none. */
export function goodSignatures(info: PathInfo, keys: PublicKeys, directory: StoreDir): number {
  if (isContentAddressed(directory, info)) return Number.POSITIVE_INFINITY;
  return info.narSize > 0 ? keys.signers(pathFingerprint(info), info.signatures).size : 0;
}

export const isTrusted = (info: PathInfo, keys: PublicKeys, directory: StoreDir): boolean => goodSignatures(info, keys, directory) > 0;

/** Fails with `untrusted`, in Nix's words. */
export function requireTrust(info: PathInfo, keys: PublicKeys, directory: StoreDir): void {
  if (!isTrusted(info, keys, directory)) {
    throw new StoreError('untrusted', `cannot add path '${info.path}' because it lacks a signature by a trusted key`);
  }
}
