/** A castore in memory. */
import { notFound, StoreError } from '../errors.ts';
import type {
  BlobService,
  BlobStat,
  Bytes,
  CallOptions,
  Castore,
  DirectoryService,
  PutBlobOptions,
  ReadBlobOptions,
  ReadManyOptions,
} from '../service.ts';
import { blake3, wasmHashes } from '../wasm.ts';
import { type Blocks, BlockWriter, joinBlocks, partsOfBlocks, sizeOfBlocks } from './blocks.ts';
import { digestKey, digestOfKey, hex } from './bytes.ts';
import { decodeDirectory, encodeDirectory } from './directory.ts';
import type { Directory, Node } from './node.ts';

export class MemoryBlobs implements BlobService {
  readonly contents = new Map<string, Blocks>();

  async has(digests: readonly Uint8Array[], { signal }: CallOptions = {}): Promise<boolean[]> {
    signal?.throwIfAborted();
    return digests.map((digest) => this.contents.has(digestKey(digest)));
  }

  async stat(digest: Uint8Array, { signal }: CallOptions = {}): Promise<BlobStat | undefined> {
    signal?.throwIfAborted();
    const blocks = this.contents.get(digestKey(digest));
    return blocks && { size: BigInt(sizeOfBlocks(blocks)), chunks: [] };
  }

  async *read(
    digest: Uint8Array,
    { offset = 0, length = Number.MAX_SAFE_INTEGER, views, signal }: ReadBlobOptions = {},
  ): AsyncGenerator<Uint8Array> {
    const blocks = this.contents.get(digestKey(digest));
    if (!blocks) throw notFound(`blob ${hex(digest)}`);
    for (const part of partsOfBlocks(blocks, offset, offset + length)) {
      signal?.throwIfAborted();
      yield views ? part : part.slice();
    }
    signal?.throwIfAborted();
  }

  async readMany(digests: readonly Uint8Array[], { views, signal }: ReadManyOptions = {}): Promise<(Uint8Array | undefined)[]> {
    signal?.throwIfAborted();
    return digests.map((digest) => {
      const blocks = this.contents.get(digestKey(digest));
      return blocks && (views || blocks.length > 1 ? joinBlocks(blocks) : joinBlocks(blocks).slice());
    });
  }

  /** Hashed as it arrives, while the next bytes are on their way. */
  async put(contents: Bytes, { owned, signal }: PutBlobOptions = {}): Promise<Uint8Array> {
    const hasher = wasmHashes().createHasher('blake3');
    const writer = new BlockWriter();
    let digest: Uint8Array;
    try {
      for await (const chunk of contents) {
        signal?.throwIfAborted();
        hasher.update(chunk);
        writer.append(chunk, owned);
      }
    } finally {
      // Its digest gives the hasher back, also where not all has come.
      digest = hasher.digest();
    }
    const key = digestKey(digest);
    if (!this.contents.has(key)) this.contents.set(key, writer.finish());
    return digest;
  }

  async putMany(contents: readonly Uint8Array[], { signal }: CallOptions = {}): Promise<Uint8Array[]> {
    signal?.throwIfAborted();
    return contents.map((blob) => {
      const digest = blake3(blob);
      const key = digestKey(digest);
      if (!this.contents.has(key)) this.contents.set(key, [blob.slice()]);
      return digest;
    });
  }
}

export class MemoryDirectories implements DirectoryService {
  readonly contents = new Map<string, Uint8Array>();

  async get(digest: Uint8Array, { signal }: CallOptions = {}): Promise<Directory | undefined> {
    signal?.throwIfAborted();
    const bytes = this.contents.get(digestKey(digest));
    return bytes && decodeDirectory(bytes);
  }

  async getMany(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<(Directory | undefined)[]> {
    return Promise.all(digests.map((digest) => this.get(digest, options)));
  }

  getRecursive(digest: Uint8Array, options: CallOptions = {}): AsyncIterable<Directory> {
    return walkDirectories(this, digest, options);
  }

  async put(directories: readonly Directory[], { signal }: CallOptions = {}): Promise<Uint8Array[]> {
    signal?.throwIfAborted();
    return directories.map((directory) => {
      const bytes = encodeDirectory(directory);
      requireChildren(directory, (digest) => this.contents.has(digestKey(digest)));
      const digest = blake3(bytes);
      this.contents.set(digestKey(digest), bytes);
      return digest;
    });
  }
}

export function memoryCastore(): Castore & { readonly blobs: MemoryBlobs; readonly directories: MemoryDirectories } {
  return { blobs: new MemoryBlobs(), directories: new MemoryDirectories() };
}

/** Refuses a directory whose child directories are unknown. */
export function requireChildren(directory: Directory, isKnown: (digest: Uint8Array) => boolean): void {
  for (const { node } of directory.entries) {
    if (node.type === 'directory' && !isKnown(node.digest)) {
      throw new StoreError('invalid', `cannot put a directory, because the directory ${hex(node.digest)} within it is unknown`);
    }
  }
}

/** A directory and all below, level by level, each once. Fails with `not-found` where one below is missing. */
export async function* walkDirectories(
  directories: Pick<DirectoryService, 'getMany'>,
  root: Uint8Array,
  options: CallOptions,
): AsyncGenerator<Directory, void, void> {
  const seen = new Set([digestKey(root)]);
  const batch = 256;
  let queue = [root];
  for (let first = true; queue.length > 0; first = false) {
    const next: Uint8Array[] = [];
    for (let at = 0; at < queue.length; at += batch) {
      const digests = queue.slice(at, at + batch);
      for (const [i, directory] of (await directories.getMany(digests, options)).entries()) {
        if (!directory && first) return;
        if (!directory) throw notFound(`directory ${hex(digests[i]!)}`);
        yield directory;
        for (const { node } of directory.entries) {
          if (node.type !== 'directory' || seen.has(digestKey(node.digest))) continue;
          seen.add(digestKey(node.digest));
          next.push(node.digest);
        }
      }
    }
    queue = next;
  }
}

/** The digests of all directories and blobs that nodes reach; what is unknown is told to `missing`. */
export function reachable(
  nodes: Iterable<Node>,
  directoryOf: (digest: Uint8Array) => Directory | undefined,
): { readonly blobs: Set<string>; readonly directories: Set<string>; readonly missing: Uint8Array[] } {
  const found = { blobs: new Set<string>(), directories: new Set<string>(), missing: [] as Uint8Array[] };
  const todo = [...nodes];
  for (let node = todo.pop(); node; node = todo.pop()) {
    if (node.type === 'symlink') continue;
    const key = digestKey(node.digest);
    if (node.type === 'file') found.blobs.add(key);
    if (node.type === 'file' || found.directories.has(key)) continue;
    found.directories.add(key);
    const directory = directoryOf(digestOfKey(key));
    if (!directory) found.missing.push(node.digest);
    for (const entry of directory?.entries ?? []) todo.push(entry.node);
  }
  return found;
}
