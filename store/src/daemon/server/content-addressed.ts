/** Adding contents whose hash makes their path (libstore/store-api.cc, addToStoreFromDump). */
import { type HashAlgo, type Hasher, NarError, NarReader, StoreDir } from '@vixen/wasm';
import { StoreError } from '../../errors.ts';
import { type ContentAddressMethod, formatContentAddress, pathOfContentAddress } from '../../formats/content-address.ts';
import { sortedPaths } from '../../formats/store-path.ts';
import { nativeHashers } from '../../hashing.ts';
import type { PathInfo } from '../../path-info.ts';
import type { AddOptions, Bytes, Store } from '../../service.ts';
import { wasmHashes } from '../../wasm.ts';
import { fileArchive } from './file-archive.ts';
import { Spool } from './spool.ts';

export interface ContentToAdd {
  readonly name: string;
  readonly method: ContentAddressMethod;
  readonly algo: HashAlgo;
  readonly references: readonly string[];
  /** Whether what comes is an archive; else it is the bytes of one file. */
  readonly isArchive: boolean;
  readonly dump: Bytes;
}

/** Adds what comes, and answers its path. */
export async function addContent(store: Store, content: ContentToAdd, options: AddOptions): Promise<string> {
  if (content.method === 'git') throw new StoreError('unsupported', `cannot add '${content.name}': hashing as Git does is not supported`);
  const spool = new Spool();
  try {
    await spool.fill(content.dump);
    const archive = () => (content.isArchive ? spool.read() : fileArchive(spool.size, spool.read()));
    const info = await describe(store.directory, content, archive());
    await store.add(info, archive(), options);
    return info.path;
  } finally {
    await spool.close();
  }
}

async function describe(directory: string, { name, method, algo, references }: ContentToAdd, archive: Bytes): Promise<PathInfo> {
  const nar = nativeHashers('sha256');
  const content = hasherOf(algo);
  const file = new NarReader(wasmHashes(), method === 'nar' ? ignored : onlyFile(name, content), { decode: () => '' });
  let narSize = 0;
  for await (const chunk of archive) {
    narSize += chunk.length;
    nar.update(chunk);
    if (method === 'nar') content.update(chunk);
    if (refusing(() => file.write(chunk)) < chunk.length) throw new StoreError('invalid', 'bad archive: data after the end');
  }
  refusing(() => file.end());
  const address = { method, hash: { algo, digest: content.digest() } };
  const names = new StoreDir(nativeHashers, directory);
  const path = pathOfContentAddress(names, name, address, references);
  return { path, narHash: nar.digest(), narSize, references: sortedPaths(references), signatures: [], ca: formatContentAddress(address) };
}

const hasherOf = (algo: HashAlgo): Hasher => (algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo));

const ignored = { directory: () => {}, file: () => {}, contents: () => {}, symlink: () => {} };

function onlyFile(name: string, content: Hasher) {
  const refuse = (): never => {
    throw new StoreError('invalid', `cannot hash '${name}' flat, since it is not a regular file`);
  };
  return {
    directory: refuse,
    symlink: refuse,
    file: (_: readonly string[], { executable }: { readonly executable: boolean }) => (executable ? refuse() : undefined),
    contents: (bytes: Uint8Array) => void content.update(bytes),
  };
}

function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
    throw cause;
  }
}
