/** Adding content-addressed paths to any store: archives, files of this machine, texts. They need no signatures, since their names say what they are. */
import {
  formatHash,
  type Hash,
  type HashAlgo,
  type HasherFactory,
  hashChunks,
  NarReader,
  type NarSink,
  narBytes,
  StoreDir,
} from '@vixen/wasm';
import { flatHash } from './castore/content-check.ts';
import { NarIngest } from './castore/nar-ingest.ts';
import type { FileNode } from './castore/node.ts';
import { topologicalOrder } from './closure.ts';
import { StoreError } from './errors.ts';
import { sortedPaths } from './formats/store-path.ts';
import type { PathInfo } from './path-info.ts';
import type { Bytes, CallOptions, Castore, Store } from './service.ts';
import { wasmHashes } from './wasm.ts';

/** What makes a path's name: the archive, the bytes of a file, or a text with what it refers to. */
export type AddMethod = 'nar' | 'flat' | 'text';

export const isAddMethod = (text: string): text is AddMethod => text === 'nar' || text === 'flat' || text === 'text';

/** How a path is to be called. */
export interface Naming extends CallOptions {
  readonly name: string;
  readonly method: AddMethod;
  /** Default: SHA-256. */
  readonly algo?: HashAlgo;
  readonly references?: readonly string[];
  readonly hashers: HasherFactory;
}

export interface ArchiveToAdd extends Naming {
  /** The archive from its beginning, each time it is called; contents have to stay the same. */
  readonly archive: () => Bytes;
}

/** What an archive turned out to be. */
export interface Measured {
  readonly narHash: Uint8Array;
  readonly narSize: number;
  /** What makes the name. */
  readonly hash: Hash;
}

/** The path of contents that were measured, and what is known about it. */
export function describe(
  directory: string,
  { name, method, hashers, references = [] }: Naming,
  { narHash, narSize, hash }: Measured,
): PathInfo {
  const paths = new StoreDir(hashers, directory);
  const sorted = sortedPaths(references);
  const text = formatHash(hash, 'nix32');
  const common = { narHash, narSize, references: sorted, signatures: [] };
  if (method === 'text') return { ...common, path: paths.makeTextPath(name, hash.digest, sorted), ca: `text:${text}` };
  return {
    ...common,
    path: paths.makeFixedOutputPath(name, { method, hash, references: sorted }),
    ca: `fixed:${method === 'nar' ? 'r:' : ''}${text}`,
  };
}

/** Hashes an archive as `naming` asks for; passes each chunk on. */
async function measure(naming: ArchiveToAdd, take: (chunk: Uint8Array) => Promise<void> | void): Promise<Measured> {
  const { method, algo = 'sha256', hashers, archive, signal } = naming;
  const nar = hashers('sha256');
  const content = method === 'nar' && algo === 'sha256' ? undefined : hashers(algo);
  const flat =
    method === 'nar'
      ? undefined
      : new NarReader(
          wasmHashes(),
          contentsOf(naming.name, (bytes) => content!.update(bytes)),
        );
  let narSize = 0;
  for await (const chunk of archive()) {
    signal?.throwIfAborted();
    nar.update(chunk);
    if (flat) flat.write(chunk);
    else content?.update(chunk);
    narSize += chunk.length;
    await take(chunk);
  }
  flat?.end();
  const narHash = nar.digest();
  return { narHash, narSize, hash: { algo, digest: content?.digest() ?? narHash } };
}

/** Takes the bytes of an archive that is one plain file, and nothing else. */
function contentsOf(name: string, use: (bytes: Uint8Array) => void): NarSink {
  const refuse = (): never => {
    throw new StoreError('invalid', `'${name}' is not a regular file, as hashing its bytes alone needs it to be`);
  };
  return { directory: refuse, symlink: refuse, file: () => {}, contents: use };
}

/** What adding would give. Reads the archive. */
export async function describeArchive(directory: string, adding: ArchiveToAdd): Promise<PathInfo> {
  return describe(directory, adding, await measure(adding, () => {}));
}

/** Adds an archive under the name that its contents have. A path that is there already is left alone. */
export async function addArchive(store: Store, adding: ArchiveToAdd): Promise<PathInfo> {
  const { castore } = store;
  if (castore && store.register) return registerAdded(store, await ingest(store.directory, castore, adding), adding);
  const info = await describeArchive(store.directory, adding);
  const known = await store.pathInfo(info.path, adding);
  if (known) return known;
  await store.add(info, adding.archive(), { signal: adding.signal });
  return info;
}

async function ingest(directory: string, castore: Castore, adding: ArchiveToAdd): Promise<PathInfo> {
  const { method, algo = 'sha256', hashers } = adding;
  const into = new NarIngest(castore, { signal: adding.signal });
  try {
    // The bytes of a single file are hashed from the castore, once it is known to be one.
    const { narHash, narSize, hash } = await measure({ ...adding, method: 'nar', algo: method === 'nar' ? algo : 'sha256' }, (chunk) =>
      into.write(chunk),
    );
    const node = await into.finish();
    const content = method === 'nar' ? hash : { algo, digest: await flatHash(hashers, algo, castore, node, adding) };
    return { ...describe(directory, adding, { narHash, narSize, hash: content }), node };
  } catch (error) {
    await into.abandon(error);
    throw error;
  }
}

/** Registers what is in the castore. */
async function registerAdded(store: Store, info: PathInfo, { signal }: CallOptions): Promise<PathInfo> {
  const known = await store.pathInfo(info.path, { signal });
  if (known) return known;
  await store.register!([info], { signal });
  return info;
}

/** A text whose path is known: what evaluation makes thousands of. */
export interface TextToAdd {
  readonly path: string;
  readonly contents: Uint8Array;
  readonly references: readonly string[];
}

const textArchive = (contents: Uint8Array): Uint8Array => {
  let at = 0;
  return narBytes(
    {
      lstat: () => ({ type: 'regular', executable: false, size: contents.length }),
      open: () => ({
        read(into) {
          const part = contents.subarray(at, at + into.length);
          into.set(part);
          at += part.length;
          return part.length;
        },
        close() {},
      }),
      readLink: () => '',
      readDirectory: () => [],
    },
    '/',
  );
};

function describeText({ path, contents, references }: TextToAdd, hashers: HasherFactory): { info: PathInfo; archive: Uint8Array } {
  const archive = textArchive(contents);
  const digest = hashChunks(hashers, 'sha256', [contents]);
  const narHash = hashChunks(hashers, 'sha256', [archive]);
  const ca = `text:${formatHash({ algo: 'sha256', digest }, 'nix32')}`;
  return { info: { path, narHash, narSize: archive.length, references: sortedPaths(references), signatures: [], ca }, archive };
}

/** Adds texts that are not there yet, references before what refers to them: all at once where the store can. */
export async function addTexts(
  store: Store,
  texts: readonly TextToAdd[],
  hashers: HasherFactory,
  options: CallOptions = {},
): Promise<void> {
  if (texts.length === 0) return;
  const described = new Map(texts.map((text) => [text.path, { ...describeText(text, hashers), text }]));
  const order = topologicalOrder(new Map([...described].map(([path, { info }]) => [path, info])));
  const sorted = order.map((path) => described.get(path)!);
  if (!store.castore || !store.register) {
    for (const { info, archive } of sorted) await store.add(info, [archive], options);
    return;
  }
  const digests = await store.castore.blobs.putMany(
    sorted.map(({ text }) => text.contents),
    options,
  );
  const infos = sorted.map(({ info, text }, i): PathInfo => {
    const node: FileNode = { type: 'file', digest: digests[i]!, size: BigInt(text.contents.length), executable: false };
    return { ...info, node };
  });
  await store.register(infos, options);
}
