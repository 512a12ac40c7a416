/** Whether contents are what their `ca` says, computed while an archive streams by (libstore/content-address.cc, hashPath). */
import { formatHash, type Hash, type HashAlgo, type HasherFactory, ModuloHasher } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import { type ContentAddress, parseContentAddress } from '../formats/content-address.ts';
import { hashPartOf } from '../formats/store-path.ts';
import { nativeHashers } from '../hashing.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions, Castore } from '../service.ts';
import { wasmHashes } from '../wasm.ts';
import { renderNar } from './nar-render.ts';
import type { Node } from './node.ts';

/** Takes the bytes of an archive, and at its end tells the hash that `ca` is about; undefined where the archive itself does not tell it. */
export interface ContentHasher {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array;
}

/** What hashes the archive as a `ca` by `nar` demands: where the path refers to itself, its hash part counts as zeros (libstore/references.cc, HashModuloSink). */
export function narContentHasher(hashers: HasherFactory, algo: HashAlgo, info: PathInfo, directory: string): ContentHasher {
  if (!info.references.includes(info.path)) return hashers(algo);
  const hasher = new ModuloHasher(wasmHashes(), hashers, algo, hashPartOf(info.path, directory));
  return { update: (chunk) => void hasher.update(chunk), digest: () => hasher.digest().digest };
}

/** The parsed `ca`; fails with `unsupported` for methods that cannot be checked. */
export function checkableAddress(info: PathInfo): ContentAddress | undefined {
  if (info.ca === undefined) return undefined;
  const address = parseContentAddress(info.ca);
  if (address.method === 'git') {
    throw new StoreError('unsupported', `cannot add path '${info.path}': its content address is by Git's hash, which is not checked here`);
  }
  return address;
}

/** The hash of the one file that contents by `flat` and `text` are. */
export async function flatHash(
  hashers: HasherFactory,
  algo: HashAlgo,
  castore: Castore,
  node: Node,
  options: CallOptions,
): Promise<Uint8Array> {
  if (node.type !== 'file' || node.executable) throw new StoreError('invalid', 'contents that are hashed flat have to be a regular file');
  const hasher = hashers(algo);
  if (node.size > 0n) for await (const chunk of castore.blobs.read(node.digest, options)) hasher.update(chunk);
  return hasher.digest();
}

export function requireSameHash(info: PathInfo, wanted: Hash, got: Uint8Array): void {
  if (Buffer.from(wanted.digest).equals(got)) return;
  const text = (digest: Uint8Array) => formatHash({ algo: wanted.algo, digest }, 'nix32');
  const message = `ca hash mismatch importing path '${info.path}';\n  specified: ${text(wanted.digest)}\n  got:       ${text(got)}`;
  throw new StoreError('corrupt', message);
}

/** Fails with `corrupt` unless what lies in a castore has the archive and the content address that its info says. */
export async function checkContents(castore: Castore, info: PathInfo, directory: string, options: CallOptions): Promise<void> {
  const { node } = info;
  if (!node) throw new StoreError('invalid', `path '${info.path}': what it consists of is not told`);
  const address = checkableAddress(info);
  const hasher = nativeHashers('sha256');
  const content = address?.method === 'nar' ? narContentHasher(nativeHashers, address.hash.algo, info, directory) : undefined;
  let size = 0;
  for await (const chunk of renderNar(castore, node, options)) {
    hasher.update(chunk);
    content?.update(chunk);
    size += chunk.length;
  }
  requireSameNar(info, size, hasher.digest());
  if (address) {
    requireSameHash(info, address.hash, content?.digest() ?? (await flatHash(nativeHashers, address.hash.algo, castore, node, options)));
  }
}

function requireSameNar(info: PathInfo, size: number, digest: Uint8Array): void {
  if (size === info.narSize && Buffer.from(digest).equals(info.narHash)) return;
  const text = (hash: Uint8Array) => formatHash({ algo: 'sha256', digest: hash }, 'nix32');
  const told = `specified: ${text(info.narHash)}, ${info.narSize} bytes\n  got:       ${text(digest)}, ${size} bytes`;
  throw new StoreError('corrupt', `hash mismatch importing path '${info.path}';\n  ${told}`);
}
