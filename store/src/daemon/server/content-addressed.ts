/** Adding contents whose hash makes their path (libstore/store-api.cc, addToStoreFromDump). */
import type { HashAlgo, HasherFactory } from '@vixen/wasm';
import { describeArchive } from '../../add.ts';
import { StoreError } from '../../errors.ts';
import type { ContentAddressMethod } from '../../formats/content-address.ts';
import { nativeHashers } from '../../hashing.ts';
import type { AddOptions, Bytes, Store } from '../../service.ts';
import { Spool } from '../../spool.ts';
import { wasmHashes } from '../../wasm.ts';
import { fileArchive } from './file-archive.ts';

export interface ContentToAdd {
  readonly name: string;
  readonly method: ContentAddressMethod;
  readonly algo: HashAlgo;
  readonly references: readonly string[];
  /** Whether what comes is an archive; else it is the bytes of one file. */
  readonly isArchive: boolean;
  readonly dump: Bytes;
}

const hashers: HasherFactory = (algo) => (algo === 'blake3' ? wasmHashes().createHasher(algo) : nativeHashers(algo));

/** Adds what comes, and answers its path. */
export async function addContent(store: Store, content: ContentToAdd, options: AddOptions): Promise<string> {
  const { name, method, algo, references, isArchive, dump } = content;
  if (method === 'git') throw new StoreError('unsupported', `cannot add '${name}': hashing as Git does is not supported`);
  const spool = new Spool();
  try {
    for await (const chunk of dump) await spool.write(chunk);
    const archive = () => (isArchive ? spool.read() : fileArchive(spool.size, spool.read()));
    const { signal } = options;
    const info = await describeArchive(store.directory, { name, method, algo, references, hashers, archive, signal });
    await store.add(info, archive(), options);
    return info.path;
  } finally {
    await spool.close();
  }
}
