/** Hashes where a format wants them with their algorithm, and errors as this room's. */
import { formatHash, type Hash, type HashAlgo, parseHash } from '@vixen/wasm';
import { StoreError } from '../errors.ts';

/** Runs a parser of the packages below; what it refuses is `invalid`. */
export function invalidUnless<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('invalid', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** `sha256:…` in any encoding, or SRI. */
export const parsePrefixedHash = (text: string): Hash => invalidUnless(() => parseHash(text));

/** Digits alone, of a known algorithm. */
export function parseBareHash(text: string, algo: HashAlgo): Hash {
  if (/[:-]/.test(text)) throw new StoreError('invalid', `hash '${text}' has wrong length for hash algorithm '${algo}'`);
  return invalidUnless(() => parseHash(text, algo));
}

/** As narinfos write hashes: `sha256:` and base 32. */
export const nix32Hash = (hash: Hash): string => formatHash(hash, 'nix32');

export const sha256 = (digest: Uint8Array): Hash => ({ algo: 'sha256', digest });
