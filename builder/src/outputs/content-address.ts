/** Outputs whose contents make their path: the hash, which does not depend on the scratch path, the path, and the contents with the path in them. */
import type { CallOptions, Castore, Node, PathInfo } from '@vixen/store';
import { nativeHashers, renderNar, wasmHashes } from '@vixen/store/castore';
import { type ContentAddressMethod, formatContentAddress, hashPartOf, pathOfContentAddress } from '@vixen/store/formats';
import { type Hash, type HashAlgo, type HasherFactory, ModuloHasher } from '@vixen/wasm';
import { BuildError } from '../errors.ts';
import { storeDir } from '../plan/names.ts';
import { gitHash } from './git-hash.ts';
import { type HashRewrites, hashRewrites, rewriteChunks, rewriteNode } from './rewrite.ts';
import type { LeftOutput } from './take.ts';

export interface Addressing extends CallOptions {
  readonly castore: Castore;
  readonly directory: string;
  /** The name of the output's object. */
  readonly name: string;
  readonly method: ContentAddressMethod;
  readonly algo: HashAlgo;
  /** Where other outputs, which stood at the first path, are now. */
  readonly moved: ReadonlyMap<string, string>;
}

export interface AddressedOutput {
  readonly info: PathInfo & { readonly node: Node };
  readonly hash: Hash;
}

const hashers: HasherFactory = (algo) => (algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo));

/** Fails with `output` for contents that the method cannot hash, and with `hash-mismatch` for references that it does not allow. */
export async function addressOutput(left: LeftOutput, addressing: Addressing): Promise<AddressedOutput> {
  const { castore, directory, name, method, moved, signal } = addressing;
  if (method === 'flat' || method === 'text') requirePlainFile(left);
  const self = left.references.includes(left.scratch);
  const others = left.references.filter((reference) => reference !== left.scratch).map((reference) => moved.get(reference) ?? reference);
  const ofOthers = hashRewrites(
    left.occurring.flatMap((reference) => (moved.has(reference) ? [[reference, moved.get(reference)!] as const] : [])),
    directory,
  );
  const hash: Hash = { algo: addressing.algo, digest: await contentHash(left, addressing, ofOthers) };
  const path = pathOf(directory, name, { method, hash }, others, self);
  const rewrites = new Map([...ofOthers, ...hashRewrites([[left.scratch, path]], directory)]);
  const changes = ofOthers.size > 0 || (left.scratch !== path && left.occurring.includes(left.scratch));
  const contents = changes ? await rewriteNode(castore, left.node, rewrites, { signal }) : left;
  const { node, narHash, narSize } = contents;
  const references = [...new Set([...others, ...(self ? [path] : [])])].sort();
  return { hash, info: { path, node, narHash, narSize, references, signatures: [], ca: formatContentAddress({ method, hash }) } };
}

function pathOf(
  directory: string,
  name: string,
  address: { method: ContentAddressMethod; hash: Hash },
  others: readonly string[],
  self: boolean,
): string {
  try {
    return pathOfContentAddress(storeDir(directory), name, address, others, self);
  } catch (cause) {
    throw new BuildError('output-check', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function requirePlainFile({ node, scratch }: LeftOutput): void {
  if (node.type === 'file' && !node.executable) return;
  const reason = 'since recursive hashing is not enabled (one of outputHashMode={flat,text} is true)';
  throw new BuildError('output', `output path '${scratch}' should be a non-executable regular file ${reason}`);
}

async function contentHash(
  left: LeftOutput,
  { castore, directory, method, algo, signal }: Addressing,
  rewrites: HashRewrites,
): Promise<Uint8Array> {
  const plain = rewrites.size === 0 && !left.occurring.includes(left.scratch);
  if (method === 'nar' && algo === 'sha256' && plain) return left.narHash;
  if (method === 'git') return gitHash(castore, left.node, hashers, algo, { signal });
  const { node } = left;
  const contents = method === 'nar' ? renderNar(castore, node, { signal }) : fileContents(castore, node, { signal });
  const hasher = new ModuloHasher(wasmHashes(), hashers, algo, hashPartOf(left.scratch, directory));
  for await (const chunk of rewriteChunks(contents, rewrites)) hasher.update(chunk);
  return hasher.digest().digest;
}

async function* fileContents(castore: Castore, node: Node, options: CallOptions): AsyncGenerator<Uint8Array, void, void> {
  if (node.type === 'file' && node.size > 0n) yield* castore.blobs.read(node.digest, options);
}
