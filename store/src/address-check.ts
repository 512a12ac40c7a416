/** Whether an archive that streams by is what its content address says. */
import type { HasherFactory } from '@vixen/wasm';
import { type ContentHasher, checkableAddress, narContentHasher, requireSameHash } from './castore/content-check.ts';
import type { ContentAddress } from './formats/content-address.ts';
import { nativeHashers } from './hashing.ts';
import type { PathInfo } from './path-info.ts';
import { wasmHashes } from './wasm.ts';

export interface AddressCheck {
  /** Takes the archive. */
  update(chunk: Uint8Array): void;
  /** Takes what is in its files. */
  contents(bytes: Uint8Array): void;
  /** Fails with `corrupt` where the address is another. */
  finish(): void;
}

const hashers: HasherFactory = (algo) => (algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo));

/** Undefined for paths without a content address. Fails with `invalid` for one that is none. */
export function addressCheck(info: PathInfo, directory: string): AddressCheck | undefined {
  const address = checkableAddress(info);
  return address && new Check(info, address, directory);
}

class Check implements AddressCheck {
  readonly #info: PathInfo;
  readonly #address: ContentAddress;
  readonly #hasher: ContentHasher | undefined;
  readonly #ofContents: boolean;

  constructor(info: PathInfo, address: ContentAddress, directory: string) {
    const { method, hash } = address;
    this.#info = info;
    this.#address = address;
    this.#ofContents = method !== 'nar';
    // Most often the address is the archive's hash, which is computed anyway.
    const isNarHash = method === 'nar' && hash.algo === 'sha256' && !info.references.includes(info.path);
    if (!isNarHash) this.#hasher = method === 'nar' ? narContentHasher(hashers, hash.algo, info, directory) : hashers(hash.algo);
  }

  update(chunk: Uint8Array): void {
    if (!this.#ofContents) this.#hasher?.update(chunk);
  }

  contents(bytes: Uint8Array): void {
    if (this.#ofContents) this.#hasher?.update(bytes);
  }

  finish(): void {
    requireSameHash(this.#info, this.#address.hash, this.#hasher?.digest() ?? this.#info.narHash);
  }
}
