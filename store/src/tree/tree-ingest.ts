/**
 * Takes a tree into a castore as it is read, in constant memory. What some buffers of the archive hold makes a step, and becomes durable together; meanwhile the next
 * step is read.
 */
import { beginBlob, takeBlobs } from '../castore/blob-sink.ts';
import type { Node } from '../castore/node.ts';
import { type OpenDirectory, type OpenFile, OpenTree, putDirectories, unknownDigest } from '../castore/open-tree.ts';
import type { BlobSink, CallOptions, Castore, HashedBlob, Taken } from '../service.ts';
import { blake3 } from '../wasm.ts';
import type { TreeSink } from './tree-sink.ts';

/** Blobs of a step. Where the castore holds their contents until they are durable, a buffer makes a step. */
const stepBlobs = 2048;
/** Steps that may be on their way to the castore at once. */
const stepsUnderWay = 4;

interface LargeFile {
  readonly node: OpenFile;
  readonly sink: BlobSink;
}

export class TreeIngest implements TreeSink {
  readonly #castore: Castore;
  readonly #options: CallOptions;
  readonly #tree = new OpenTree();
  #blobs: HashedBlob[] = [];
  #taken: Taken[] = [];
  #blobsTaken = 0;
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

  /** Takes in what the buffer holds; resolves when the buffer is free and more is welcome. */
  async flush(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    const blobs = this.#blobs;
    this.#blobs = [];
    if (blobs.length > 0) this.#taken.push(await takeBlobs(this.#castore.blobs, blobs, this.#options));
    this.#blobsTaken += blobs.length;
    if (this.#blobsTaken >= (this.#castore.blobs.take ? stepBlobs : 1)) this.#endStep();
    await this.#open?.sink.ready?.();
    while (this.#underWay.length > stepsUnderWay) await this.#underWay.shift();
  }

  #endStep(): void {
    const contents = [this.#underWay.at(-1), ...this.#taken.map((taken) => taken.durable()), ...this.#large];
    this.#underWay.push(quiet(this.#store(contents, this.#ended)));
    [this.#taken, this.#large, this.#ended, this.#blobsTaken] = [[], [], [], 0];
  }

  /** A step's directories name what is in it and in those before. */
  async #store(contents: readonly (Promise<void> | undefined)[], ended: readonly OpenDirectory[]): Promise<void> {
    await Promise.all(contents);
    await putDirectories(this.#castore, ended, this.#options);
  }

  /** Answers the root once all is in the castore. */
  async finish(): Promise<Node> {
    await this.flush();
    this.#endStep();
    await this.#underWay.at(-1);
    return this.#tree.root!;
  }

  /** Ends what is under way after an error or without `finish`. */
  async abandon(reason: unknown): Promise<void> {
    const taken = this.#taken.map((each) => each.durable());
    await Promise.allSettled([this.#open?.sink.discard(reason), ...taken, ...this.#large, ...this.#underWay]);
  }
}

/** Whoever waits for it sees its error; until then it is not unhandled. */
function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
