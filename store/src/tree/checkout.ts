/** Trees of a castore as files, in Nix's canonical form. */
import { digestKey, hex, shown } from '../castore/bytes.ts';
import type { Directory, FileNode, Node } from '../castore/node.ts';
import { notFound, StoreError } from '../errors.ts';
import type { BlobService, CallOptions, Castore } from '../service.ts';
import type { FilePath } from './paths.ts';
import { TreeTarget } from './tree-target.ts';
import type { BlobPlace } from './write-batch.ts';
import type { WriterOptions } from './writer-pool.ts';

/** A file of this machine that has a blob's contents in the canonical form already, to be linked. */
export type BlobFile = (node: FileNode) => FilePath | undefined | Promise<FilePath | undefined>;

/** Where a blob lies in a file of this machine, if it does: whoever writes the file reads it from there, and verifies it. */
export type FindPlace = (node: FileNode) => BlobPlace | undefined;

export interface CheckoutOptions extends Omit<WriterOptions, 'findBlob'> {
  readonly blobFile?: BlobFile;
  readonly blobPlace?: FindPlace;
}

/** Larger files are streamed. */
const smallFile = 256 * 1024;
/** Small files are fetched so many at once. */
const batchBytes = 2 * 1024 * 1024;
const batchCount = 512;

/**
 * Makes files of a node, in the canonical form: files 444 or 555, directories 555, times 1 s after the epoch. Refuses a target where there is something. After a
 * failure nothing is left. Whoever wants the whole or nothing at a path makes it beside and renames it.
 */
export async function checkoutTree(node: Node, castore: Castore, target: FilePath, options: CheckoutOptions = {}): Promise<void> {
  const findBlob = (digest: Uint8Array) => wholeBlob(castore.blobs, digest, options);
  const files = new TreeTarget(target, { ...options, form: 'canonical', findBlob });
  try {
    await new Checkout(castore, files, options).write(node);
    await files.finish();
  } catch (error) {
    await files.abandon(error);
    throw error;
  }
}

async function wholeBlob(blobs: BlobService, digest: Uint8Array, options: CallOptions): Promise<Uint8Array> {
  const [bytes] = await blobs.readMany([digest], options);
  if (!bytes) throw notFound(`blob ${hex(digest)}`);
  return bytes;
}

interface OpenDirectory {
  readonly entries: Directory['entries'];
  next: number;
  /** The directories that are named here. */
  readonly below: ReadonlyMap<string, Directory>;
}

/** The root. */
const nameless = new Uint8Array();

class Checkout {
  readonly #castore: Castore;
  readonly #target: TreeTarget;
  readonly #options: CheckoutOptions;
  readonly #open: OpenDirectory[] = [];
  #waiting: { readonly path: Uint8Array; readonly node: FileNode }[] = [];
  #waitingBytes = 0;

  constructor(castore: Castore, target: TreeTarget, options: CheckoutOptions) {
    this.#castore = castore;
    this.#target = target;
    this.#options = options;
  }

  async write(root: Node): Promise<void> {
    const found = root.type === 'directory' ? await this.#castore.directories.get(root.digest, this.#options) : undefined;
    await this.#node(nameless, root, found);
    for (let top = this.#open.at(-1); top; top = this.#open.at(-1)) {
      const entry = top.entries[top.next++];
      if (!entry) {
        this.#open.pop();
        this.#target.endDirectory();
        await this.#target.drain();
        continue;
      }
      const { name, node } = entry;
      const waiting = this.#node(name, node, node.type === 'directory' ? top.below.get(digestKey(node.digest)) : undefined);
      if (waiting) await waiting;
    }
    await this.#flush();
  }

  #node(name: Uint8Array, node: Node, directory: Directory | undefined): Promise<void> | undefined {
    if (node.type === 'file') return this.#file(name, node);
    if (node.type === 'directory') {
      if (!directory) throw notFound(`directory ${hex(node.digest)}`);
      return this.#enter(name, directory);
    }
    this.#target.symlink(name, node.target);
    return undefined;
  }

  async #enter(name: Uint8Array, { entries }: Directory): Promise<void> {
    this.#target.directory(name);
    const digests = entries.flatMap(({ node }) => (node.type === 'directory' ? [node.digest] : []));
    const found = digests.length > 0 ? await this.#castore.directories.getMany(digests, this.#options) : [];
    const below = new Map(found.flatMap((directory, i) => (directory ? [[digestKey(digests[i]!), directory] as const] : [])));
    this.#open.push({ entries, next: 0, below });
  }

  // Most files need no wait.
  #file(name: Uint8Array, node: FileNode): Promise<void> | undefined {
    const own = node.size > 0n ? this.#options.blobFile?.(node) : undefined;
    if (own instanceof Promise) return own.then((found) => this.#linkOrWrite(name, node, found));
    return this.#linkOrWrite(name, node, own);
  }

  #linkOrWrite(name: Uint8Array, node: FileNode, own: FilePath | undefined): Promise<void> | undefined {
    if (own !== undefined && this.#target.link(name, own)) return undefined;
    const place = node.size > 0n ? this.#options.blobPlace?.(node) : undefined;
    if (place) return this.#placed(name, node, place);
    const path = this.#target.place(name);
    if (node.size > smallFile) return this.#stream(path, node);
    this.#waiting.push({ path, node });
    this.#waitingBytes += Number(node.size);
    return this.#waitingBytes >= batchBytes || this.#waiting.length >= batchCount ? this.#flush() : undefined;
  }

  #placed(name: Uint8Array, node: FileNode, place: BlobPlace): Promise<void> | undefined {
    checkSize(name, node, BigInt(place.size));
    this.#target.file(name, node.executable);
    this.#target.placed(node.digest, place);
    return this.#target.isFull ? this.#target.drain() : undefined;
  }

  async #stream(path: Uint8Array, node: FileNode): Promise<void> {
    this.#target.fileAt(path, node.executable);
    let size = 0n;
    for await (const chunk of this.#castore.blobs.read(node.digest, this.#options)) {
      size += BigInt(chunk.length);
      this.#target.contents(chunk);
      await this.#target.drain();
    }
    checkSize(path, node, size);
  }

  /** Writes the small files that wait; each blob is fetched once. */
  async #flush(): Promise<void> {
    const files = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const digests = new Map(files.flatMap(({ node }) => (node.size > 0n ? [[digestKey(node.digest), node.digest] as const] : [])));
    const found = digests.size > 0 ? await this.#castore.blobs.readMany([...digests.values()], this.#options) : [];
    const contents = new Map([...digests.keys()].map((key, i) => [key, found[i]]));
    for (const { path, node } of files) {
      const bytes = node.size > 0n ? contents.get(digestKey(node.digest)) : new Uint8Array();
      if (!bytes) throw notFound(`blob ${hex(node.digest)} ('${shown(path)}')`);
      checkSize(path, node, BigInt(bytes.length));
      this.#target.fileAt(path, node.executable);
      this.#target.contents(bytes);
    }
    await this.#target.drain();
  }
}

function checkSize(path: Uint8Array, node: FileNode, size: bigint): void {
  if (size !== node.size) throw new StoreError('corrupt', `file '${shown(path)}': its blob is not of the recorded size`);
}
