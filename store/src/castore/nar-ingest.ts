/**
 * Takes an archive into a castore as its bytes come, in constant memory: small files wait to be put many at once, large ones are streamed, directories
 * are put when the digests of all that is in them are known.
 */
import { NarError, NarReader } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import type { CallOptions, Castore } from '../service.ts';
import { blake3 } from '../wasm.ts';
import { BytePipe } from './byte-pipe.ts';
import { directorySize, encodeDirectory } from './directory.ts';
import type { DirectoryEntry, Node } from './node.ts';

const smallFile = 64 * 1024;
/** What may wait before it is put. */
const batchBytes = 2 * 1024 * 1024;
const batchCount = 2048;
/** Bytes of a large file that may wait for the castore. */
const pipeBytes = 512 * 1024;
/** The parser is given pieces of this size, whatever comes: between two of them what waits is looked at. */
const pieceSize = 64 * 1024;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type OpenEntry = { readonly name: Uint8Array; readonly node: Mutable<Node> };

/** A directory whose entries are read; its node gets its digest when it is put. */
interface OpenDirectory {
  readonly entries: OpenEntry[];
  readonly node: Mutable<Extract<Node, { type: 'directory' }>>;
}

interface LargeFile {
  readonly pipe: BytePipe;
  readonly stored: Promise<void>;
  failed: boolean;
}

const unknownDigest = new Uint8Array(32);

export class NarIngest {
  readonly #castore: Castore;
  readonly #options: CallOptions;
  readonly #reader: NarReader;
  #root: Node | undefined;
  readonly #open: OpenDirectory[] = [];
  readonly #closed: OpenDirectory[] = [];
  #small: { readonly node: Mutable<Extract<Node, { type: 'file' }>>; readonly contents: Uint8Array }[] = [];
  #smallBytes = 0;
  #filling = 0;
  #large: LargeFile | undefined;
  readonly #ended: LargeFile[] = [];

  constructor(castore: Castore, options: CallOptions = {}) {
    this.#castore = castore;
    this.#options = options;
    this.#reader = new NarReader(
      {
        directory: (path) => this.#directory(path),
        endDirectory: () => this.#closed.push(this.#open.pop()!),
        file: (path, { executable, size }) => this.#file(path, executable, size),
        contents: (bytes) => this.#contents(bytes),
        endFile: () => this.#endFile(),
        symlink: (path, target) => this.#put(path, { type: 'symlink', target: latin1(target) }),
      },
      // Names are bytes: a character each.
      { decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1') },
    );
  }

  /** Takes bytes in; resolves when more are welcome. Fails with `invalid` for what is no archive. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += pieceSize) {
      this.#options.signal?.throwIfAborted();
      const piece = chunk.subarray(at, at + pieceSize);
      if (invalidNar(() => this.#reader.write(piece)) < piece.length) throw new StoreError('invalid', 'bad archive: data after the end');
      if (this.#ended.length > 0) await this.#settleLarge();
      if (this.#large) await Promise.race([this.#large.pipe.drained(pipeBytes), this.#large.stored]);
      if (this.#smallBytes > batchBytes || this.#small.length + this.#closed.length > batchCount) await this.#flush();
    }
  }

  /** Answers the root once all is in the castore. */
  async finish(): Promise<Node> {
    invalidNar(() => this.#reader.end());
    await this.#settleLarge();
    await this.#flush();
    return this.#root!;
  }

  /** Ends what is under way after an error or without `finish`. */
  async abandon(reason: unknown): Promise<void> {
    const files = this.#large ? [...this.#ended, this.#large] : this.#ended;
    for (const { pipe } of files) pipe.fail(reason);
    await Promise.allSettled(files.map((file) => file.stored));
  }

  #put(path: readonly string[], node: Mutable<Node>): void {
    const name = path.at(-1);
    if (name === undefined) this.#root = node;
    else this.#open.at(-1)!.entries.push({ name: latin1(name), node });
  }

  #directory(path: readonly string[]): void {
    const node: OpenDirectory['node'] = { type: 'directory', digest: unknownDigest, size: 0n };
    this.#put(path, node);
    this.#open.push({ entries: [], node });
  }

  #file(path: readonly string[], executable: boolean, size: number): void {
    const node: Mutable<Extract<Node, { type: 'file' }>> = { type: 'file', digest: unknownDigest, size: BigInt(size), executable };
    this.#put(path, node);
    if (size <= smallFile) {
      this.#small.push({ node, contents: new Uint8Array(size) });
      this.#smallBytes += size;
      this.#filling = 0;
      return;
    }
    const pipe = new BytePipe();
    const stored = this.#castore.blobs.put(pipe, this.#options).then((digest) => {
      node.digest = digest;
    });
    // Whoever waits for it sees its error; until then it is not unhandled.
    stored.catch(() => {});
    this.#large = { pipe, stored, failed: false };
  }

  #contents(bytes: Uint8Array): void {
    if (this.#large) {
      this.#large.pipe.push(bytes.slice());
      return;
    }
    this.#small.at(-1)!.contents.set(bytes, this.#filling);
    this.#filling += bytes.length;
  }

  #endFile(): void {
    if (!this.#large) return;
    this.#large.pipe.end();
    this.#ended.push(this.#large);
    this.#large = undefined;
  }

  async #settleLarge(): Promise<void> {
    while (this.#ended.length > 0) {
      await this.#ended[0]!.stored;
      this.#ended.shift();
    }
  }

  async #flush(): Promise<void> {
    // A file whose contents are still coming stays.
    const unfinished = this.#isFilling() ? this.#small.pop() : undefined;
    const batch = this.#small;
    this.#small = unfinished ? [unfinished] : [];
    this.#smallBytes = unfinished?.contents.length ?? 0;
    if (batch.length > 0) {
      const digests = await this.#castore.blobs.putMany(
        batch.map((file) => file.contents),
        this.#options,
      );
      for (const [i, { node }] of batch.entries()) node.digest = digests[i]!;
    }
    await this.#putDirectories();
  }

  #isFilling(): boolean {
    const last = this.#small.at(-1);
    return last !== undefined && this.#filling < last.contents.length;
  }

  /** Puts the directories that were closed, inner ones first as archives have them. All that they name is in the castore. */
  async #putDirectories(): Promise<void> {
    const directories = this.#closed.splice(0);
    for (const { node, entries } of directories) {
      const directory = { entries: entries as DirectoryEntry[] };
      node.digest = blake3(encodeDirectory(directory));
      node.size = directorySize(directory);
    }
    if (directories.length > 0) await this.#castore.directories.put(directories as { entries: DirectoryEntry[] }[], this.#options);
  }
}

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

function invalidNar<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
    throw cause;
  }
}
