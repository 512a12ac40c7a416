/**
 * Takes an archive into a castore as its bytes come, in constant memory. Small files are put many at once, large ones are streamed; while one step of that is
 * stored, the next are read. Directories are put when the digests of all that is in them are known.
 */
import { NarError, NarParser } from '@vixen/wasm';
import { BufferPool } from '../compression/bytes.ts';
import { StoreError } from '../errors.ts';
import type { BlobSink, CallOptions, Castore, ToldHash } from '../service.ts';
import { wasmHashes } from '../wasm.ts';
import { beginBlob, takeBlobs } from './blob-sink.ts';
import type { Node } from './node.ts';
import { type OpenDirectory, type OpenFile, OpenTree, putDirectories, unknownDigest } from './open-tree.ts';

const smallFile = 64 * 1024;
/** What a step may hold before it is put. */
const stepBytes = 512 * 1024;
/** New memory costs more than what is copied into it. */
const rooms = new BufferPool(stepBytes, 8);
const stepCount = 2048;
const stepLargeFiles = 16;
/** Steps that may be on their way to the castore at once. */
const stepsUnderWay = 2;
/** The parser is given pieces of this size, whatever comes: between two of them what waits is looked at. */
const pieceSize = 64 * 1024;

export interface NarIngestOptions extends CallOptions {
  /** Where who gives the archive may tell digests of its files, and answers for them. */
  readonly told?: Pick<ToldHash, 'files'> | undefined;
}

interface LargeFile {
  readonly node: OpenFile;
  readonly sink: BlobSink;
}

/** What is put together: files, then the directories that ended with them. */
class Step {
  readonly files: { readonly node: OpenFile; readonly contents: Uint8Array }[] = [];
  /** Large files that are complete; resolved when they are stored. */
  readonly large: Promise<void>[] = [];
  readonly directories: OpenDirectory[] = [];
  readonly room: Buffer;
  #used = 0;

  constructor(room: Buffer) {
    this.room = room;
  }

  /** Whether there is room for a file of `size` bytes. */
  fits(size: number): boolean {
    return this.#used + size <= stepBytes && this.files.length + this.directories.length < stepCount;
  }

  // No Buffer: whose `slice` copies nothing.
  #place(size: number): Uint8Array {
    return new Uint8Array(this.room.buffer, this.room.byteOffset + this.#used, size);
  }

  get isFull(): boolean {
    return this.large.length >= stepLargeFiles || this.directories.length >= stepCount;
  }

  file(node: OpenFile, size: number): void {
    this.files.push({ node, contents: this.#place(size) });
    // Words of eight bytes stay such: copying from shared memory is slow otherwise.
    this.#used += (size + 7) & ~7;
  }
}

export class NarIngest {
  readonly #castore: Castore;
  readonly #options: CallOptions;
  readonly #told: NarIngestOptions['told'];
  readonly #parser: NarParser;
  readonly #tree = new OpenTree();
  #step = new Step(rooms.take());
  readonly #underWay: Promise<void>[] = [];
  #filling = 0;
  #large: LargeFile | undefined;

  constructor(castore: Castore, { told, ...options }: NarIngestOptions = {}) {
    this.#castore = castore;
    this.#options = options;
    this.#told = told;
    this.#parser = new NarParser(wasmHashes(), {
      directory: (name) => this.#directory(name),
      endDirectory: () => this.#step.directories.push(this.#tree.endDirectory()),
      file: (name, size, executable) => this.#file(name, size, executable),
      data: (bytes) => this.#data(bytes),
      endFile: () => this.#endFile(),
      symlink: (name, target) => this.#tree.add(name, { type: 'symlink', target }),
    });
  }

  /** Takes bytes in; resolves when more are welcome. Fails with `invalid` for what is no archive. */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += pieceSize) {
      this.#options.signal?.throwIfAborted();
      const piece = chunk.subarray(at, at + pieceSize);
      if (invalidNar(() => this.#parser.write(piece)) < piece.length) throw new StoreError('invalid', 'bad archive: data after the end');
      const ready = this.#large?.sink.ready?.();
      if (ready) await ready;
      while (this.#underWay.length > stepsUnderWay) await this.#underWay.shift();
    }
  }

  /** Answers the root once all is in the castore. */
  async finish(): Promise<Node> {
    invalidNar(() => this.#parser.end());
    this.#turn();
    await this.#underWay.at(-1);
    rooms.give(this.#step.room);
    return this.#tree.root!;
  }

  /** Ends what is under way after an error or without `finish`. */
  async abandon(reason: unknown): Promise<void> {
    this.#parser.close();
    await Promise.allSettled([this.#large?.sink.discard(reason), ...this.#step.large, ...this.#underWay]);
  }

  #directory(name: Uint8Array): void {
    if (this.#step.isFull) this.#turn();
    this.#tree.directory(name);
  }

  #file(name: Uint8Array, size: number, executable: boolean): void {
    const node: OpenFile = { type: 'file', digest: unknownDigest, size: BigInt(size), executable };
    this.#tree.add(name, node);
    // Here, where no file is half read.
    if (this.#step.isFull || (size <= smallFile && !this.#step.fits(size))) this.#turn();
    if (size <= smallFile) {
      this.#step.file(node, size);
      this.#filling = 0;
      return;
    }
    this.#large = { node, sink: beginBlob(this.#castore.blobs, { ...this.#options, executable, hashed: this.#told?.files !== undefined }) };
  }

  #data(bytes: Uint8Array): void {
    if (this.#large) {
      this.#large.sink.write(bytes);
      return;
    }
    this.#step.files.at(-1)!.contents.set(bytes, this.#filling);
    this.#filling += bytes.length;
  }

  #endFile(): void {
    const digest = this.#told?.files?.next();
    if (!this.#large) {
      if (digest) this.#step.files.at(-1)!.node.digest = digest;
      return;
    }
    const { node, sink } = this.#large;
    this.#large = undefined;
    const stored = sink.finish(digest).then((answer) => {
      node.digest = answer;
    });
    // Whoever waits for it sees its error; until then it is not unhandled.
    stored.catch(() => {});
    this.#step.large.push(stored);
  }

  /** Sends the step on its way, and begins another. */
  #turn(): void {
    const step = this.#step;
    this.#step = new Step(rooms.take());
    const stored = this.#store(step, this.#underWay.at(-1));
    stored.catch(() => {});
    this.#underWay.push(stored);
  }

  /** Stores a step. Its directories name what is in it and in those before. */
  async #store({ files, large, directories, room }: Step, before: Promise<void> | undefined): Promise<void> {
    const put = files.length > 0 ? this.#putFiles(files) : undefined;
    await Promise.all([put, before, ...large]);
    rooms.give(room);
    await putDirectories(this.#castore, directories, this.#options);
  }

  async #putFiles(files: Step['files']): Promise<void> {
    if (this.#told?.files) {
      const blobs = files.map(({ node: { digest }, contents }) => ({ digest, contents }));
      await (await takeBlobs(this.#castore.blobs, blobs, this.#options)).durable();
      return;
    }
    const contents = files.map((file) => file.contents);
    const digests = await this.#castore.blobs.putMany(contents, this.#options);
    for (const [i, { node }] of files.entries()) node.digest = digests[i]!;
  }
}

function invalidNar<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
    throw cause;
  }
}
