/** The directories of an embedded store: records of the index. They are verified when they are read. */
import { digestKey, equalBytes, hex } from '../castore/bytes.ts';
import { decodeDirectory, encodeDirectory } from '../castore/directory.ts';
import { walkDirectories } from '../castore/memory.ts';
import type { Directory, Node } from '../castore/node.ts';
import { StoreError } from '../errors.ts';
import type { CallOptions, DirectoryService, EncodedDirectory } from '../service.ts';
import { blake3 } from '../wasm.ts';
import type { IndexFile } from './index-file.ts';
import { type DirectoryRecord, decodeDirectoryRecord, encodeDirectoryRecord, restampBlob, stampOfBlob } from './records.ts';
import type { Session, Sessions } from './sessions.ts';

export class EmbeddedDirectories implements DirectoryService {
  readonly #index: IndexFile;
  readonly #sessions: Sessions;

  constructor(index: IndexFile, sessions: Sessions) {
    this.#index = index;
    this.#sessions = sessions;
  }

  async get(digest: Uint8Array, { signal }: CallOptions = {}): Promise<Directory | undefined> {
    signal?.throwIfAborted();
    return this.find(digest);
  }

  async getMany(digests: readonly Uint8Array[], { signal }: CallOptions = {}): Promise<(Directory | undefined)[]> {
    signal?.throwIfAborted();
    return digests.map((digest) => this.find(digest));
  }

  getRecursive(digest: Uint8Array, options: CallOptions = {}): AsyncIterable<Directory> {
    return walkDirectories(this, digest, options);
  }

  find(digest: Uint8Array): Directory | undefined {
    const bytes = this.#index.tables.directories.get(digest);
    if (!bytes) return undefined;
    const { encoded } = decodeDirectoryRecord(bytes);
    if (!equalBytes(blake3(encoded), digest)) {
      throw new StoreError('corrupt', `directory ${hex(digest)} is damaged: the store's index does not hold what was put`);
    }
    return decodeDirectory(encoded);
  }

  async put(directories: readonly Directory[], options: CallOptions = {}): Promise<Uint8Array[]> {
    const encoded = directories.map((directory) => {
      const bytes = encodeDirectory(directory);
      return { digest: blake3(bytes), encoded: bytes, directory };
    });
    await this.putEncoded(encoded, options);
    return encoded.map(({ digest }) => digest);
  }

  async putEncoded(directories: readonly EncodedDirectory[], { signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const session = await this.#sessions.current();
    const wanted = directories.filter(({ digest }) => {
      const known = this.#record(digest);
      return !known?.complete || known.stamp < session.stamp;
    });
    if (wanted.length === 0) return;
    await this.#index.write(() => {
      const changes = new ContentsCheck(this.#index, session);
      for (const { digest, encoded, directory } of wanted) changes.add(digest, encoded, directory);
      changes.apply();
    });
  }

  #record(digest: Uint8Array): DirectoryRecord | undefined {
    const bytes = this.#index.tables.directories.get(digest);
    return bytes && decodeDirectoryRecord(bytes);
  }
}

/**
 * Within a transaction: checks that contents are there, down to the last blob, and keeps them for a session (sessions.ts). It only looks until
 * `apply` writes.
 */
export class ContentsCheck {
  readonly #index: IndexFile;
  readonly #session: Session;
  /** Directories that are put or stamped anew, in an order in which children come first. */
  readonly #directories = new Map<string, { readonly digest: Uint8Array; readonly encoded: Uint8Array; readonly complete: boolean }>();
  readonly #blobs = new Map<string, { readonly digest: Uint8Array; readonly record: Buffer }>();

  constructor(index: IndexFile, session: Session) {
    this.#index = index;
    this.#session = session;
  }

  /** A directory that is to be put. Fails with `invalid` where a child directory is unknown. */
  add(digest: Uint8Array, encoded: Uint8Array, directory: Directory): void {
    let complete = true;
    for (const { node } of directory.entries) {
      const state = this.#check(node);
      if (state === 'missing' && node.type === 'directory') {
        throw new StoreError('invalid', `cannot put a directory, because the directory ${hex(node.digest)} within it is unknown`);
      }
      if (state !== 'complete') complete = false;
    }
    this.#directories.set(digestKey(digest), { digest, encoded, complete });
  }

  /** Contents that have to be there; fails with `not-found`. */
  require(node: Node, path: string): void {
    if (this.#check(node) === 'complete') return;
    throw new StoreError('not-found', `cannot register path '${path}': ${this.#firstMissing(node)} is missing`);
  }

  /** `partial`: a directory that is there, though not all below it. */
  #check(node: Node): 'complete' | 'partial' | 'missing' {
    if (node.type === 'symlink') return 'complete';
    return node.type === 'file' ? this.#checkBlob(node.digest, node.size) : this.#checkDirectory(node.digest);
  }

  #checkBlob(digest: Uint8Array, size: bigint): 'complete' | 'missing' {
    if (size === 0n) return 'complete';
    const table = this.#index.tables.blobs;
    const glance = table.glance(digest);
    if (!glance) return 'missing';
    if (stampOfBlob(glance) < this.#session.stamp) this.#blobs.set(digestKey(digest), { digest, record: table.get(digest)! });
    return 'complete';
  }

  #checkDirectory(digest: Uint8Array): 'complete' | 'partial' | 'missing' {
    const key = digestKey(digest);
    const pending = this.#directories.get(key);
    if (pending) return pending.complete ? 'complete' : 'partial';
    const bytes = this.#index.tables.directories.get(digest);
    if (!bytes) return 'missing';
    const { stamp, complete, encoded } = decodeDirectoryRecord(bytes);
    if (complete && stamp >= this.#session.stamp) return 'complete';
    const below = decodeDirectory(encoded).entries.map(({ node }) => this.#check(node));
    const isComplete = below.every((state) => state === 'complete');
    this.#directories.set(key, { digest, encoded, complete: isComplete });
    return isComplete ? 'complete' : 'partial';
  }

  #firstMissing(node: Node): string {
    if (node.type === 'symlink') return '';
    const bytes = node.type === 'directory' ? this.#index.tables.directories.get(node.digest) : undefined;
    if (!bytes) return `${node.type === 'file' ? 'blob' : 'directory'} ${hex(node.digest)}`;
    const { entries } = decodeDirectory(decodeDirectoryRecord(bytes).encoded);
    return this.#firstMissing(entries.find((entry) => this.#check(entry.node) !== 'complete')!.node);
  }

  apply(): void {
    const { stamp } = this.#session;
    const { blobs, directories } = this.#index.tables;
    for (const { digest, record } of this.#blobs.values()) blobs.put(digest, restampBlob(record, stamp));
    for (const { digest, encoded, complete } of this.#directories.values()) {
      directories.put(digest, encodeDirectoryRecord({ stamp, complete, encoded }));
    }
  }
}
