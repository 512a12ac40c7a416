/**
 * Takes a tree into a castore as it is read, in constant memory. What a buffer of the archive holds makes a step; while steps are on their way to the disk the next
 * are read.
 */
import { beginBlob, takeBlobs } from '../castore/blob-sink.ts';
import type { Node } from '../castore/node.ts';
import { type OpenDirectory, type OpenFile, OpenTree, putDirectories, unknownDigest } from '../castore/open-tree.ts';
import type { BlobSink, CallOptions, Castore, HashedBlob } from '../service.ts';
import { blake3 } from '../wasm.ts';
import type { TreeSink } from './tree-sink.ts';

/** Steps that may be on their way to the castore at once. */
const stepsUnderWay = 6;

interface LargeFile {
  readonly node: OpenFile;
  readonly sink: BlobSink;
}

export class TreeIngest implements TreeSink {
  readonly #castore: Castore;
  readonly #options: CallOptions;
  readonly #tree = new OpenTree();
  #blobs: HashedBlob[] = [];
  /** Large files that are complete; resolved when they are stored. */
  #large: Promise<void>[] = [];
  #ended: OpenDirectory[] = [];
  #open: LargeFile | undefined;
  readonly #underWay: Promise<void>[] = [];

  constructor(castore: Castore, options: CallOptions = {}) {
    this.#castore = castore;
    this.#options = options;
  }

  directory(name: Uint8Array): void {
    this.#tree.directory(name);
  }

  endDirectory(): void {
    this.#ended.push(this.#tree.endDirectory());
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.#tree.add(name, { type: 'symlink', target });
  }

  /** The digest is given by who has computed it. */
  file(name: Uint8Array, executable: boolean, contents: Uint8Array, digest = blake3(contents)): void {
    this.#tree.add(name, { type: 'file', digest, size: BigInt(contents.length), executable });
    this.#blobs.push({ digest, contents, executable });
  }

  /** `hashed`: `endFile` will be told the digest. */
  beginFile(name: Uint8Array, executable: boolean, hashed = false): void {
    const node: OpenFile = { type: 'file', digest: unknownDigest, size: 0n, executable };
    this.#tree.add(name, node);
    this.#open = { node, sink: beginBlob(this.#castore.blobs, { ...this.#options, executable, hashed }) };
  }

  contents(bytes: Uint8Array): void {
    const { node, sink } = this.#open!;
    node.size += BigInt(bytes.length);
    sink.write(bytes);
  }

  endFile(digest?: Uint8Array): void {
    const { node, sink } = this.#open!;
    this.#open = undefined;
    const stored = sink.finish(digest).then((answer) => {
      node.digest = answer;
    });
    this.#large.push(quiet(stored));
  }

  /** Sends on its way what the buffer holds; resolves when the buffer is free and more is welcome. */
  async flush(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const [blobs, large, ended] = [this.#blobs, this.#large, this.#ended];
    [this.#blobs, this.#large, this.#ended] = [[], [], []];
    const before = this.#underWay.at(-1);
    const taken = blobs.length > 0 ? await takeBlobs(this.#castore.blobs, blobs, this.#options) : undefined;
    this.#underWay.push(quiet(this.#store([taken?.durable, before, ...large], ended)));
    await this.#open?.sink.ready?.();
    while (this.#underWay.length > stepsUnderWay) await this.#underWay.shift();
  }

  /** A step's directories name what is in it and in those before. */
  async #store(contents: readonly (Promise<void> | undefined)[], ended: readonly OpenDirectory[]): Promise<void> {
    await Promise.all(contents);
    await putDirectories(this.#castore, ended, this.#options);
  }

  /** Answers the root once all is in the castore. */
  async finish(): Promise<Node> {
    await this.flush();
    await this.#underWay.at(-1);
    return this.#tree.root!;
  }

  /** Ends what is under way after an error or without `finish`. */
  async abandon(reason: unknown): Promise<void> {
    await Promise.allSettled([this.#open?.sink.discard(reason), ...this.#large, ...this.#underWay]);
  }
}

/** Whoever waits for it sees its error; until then it is not unhandled. */
function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
