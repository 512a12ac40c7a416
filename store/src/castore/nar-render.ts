/** Archives (Nix manual, "Nix Archive (NAR) format") of what lies in a castore, as streams of bounded chunks. */
import { maxNarDepth, NarChunks, NarError, narPadding } from '@vixen/wasm';
import { BufferPool } from '../compression/bytes.ts';
import { notFound, StoreError } from '../errors.ts';
import type { CallOptions, Castore } from '../service.ts';
import { digestKey, hex, shown } from './bytes.ts';
import type { Directory, DirectoryEntry, FileNode, Node } from './node.ts';

/** Blobs up to this size are fetched many at once, ahead of their turn; what is ahead is bounded. */
const smallBlob = 64 * 1024;
const aheadBytes = 512 * 1024;
const aheadCount = 256;
/** What is fetched ahead, each blob at a multiple of eight, or a part of a large blob. */
const rooms = new BufferPool(aheadBytes + smallBlob + 8 * aheadCount, 8);

export interface RenderOptions extends CallOptions {
  /** As in `NarOptions`. */
  readonly checkBlobs?: boolean;
}

/** The archive of a node. A chunk is valid until the next is asked for. Fails with `not-found` or `corrupt` and the file's place. */
export async function* renderNar(castore: Castore, node: Node, options: RenderOptions = {}): AsyncGenerator<Uint8Array, void, void> {
  const out = new NarChunks();
  const renderer = new Renderer(castore, out, options);
  try {
    out.tokens('magic');
    yield* renderer.render(node);
  } finally {
    out.release();
    renderer.release();
  }
}

interface OpenDirectory {
  readonly name: string;
  readonly entries: readonly DirectoryEntry[];
  next: number;
  /** Where the entries begin that are not fetched ahead. */
  fetched: number;
  readonly blobs: Map<string, Uint8Array>;
  room: Buffer | undefined;
  readonly directories: Map<string, Directory>;
}

class Renderer {
  readonly #castore: Castore;
  readonly #out: NarChunks;
  readonly #options: CallOptions;
  readonly #check: boolean;
  readonly #open: OpenDirectory[] = [];
  /** Where large blobs are read. */
  #room: Buffer | undefined;

  constructor(castore: Castore, out: NarChunks, { signal, checkBlobs = true }: RenderOptions) {
    this.#castore = castore;
    this.#out = out;
    this.#options = { signal };
    this.#check = checkBlobs;
  }

  async *render(root: Node): AsyncGenerator<Uint8Array, void, void> {
    if (root.type === 'directory') this.#enter('', await this.#directory(root.digest));
    else yield* this.#leaf(root, undefined);
    for (let top = this.#open.at(-1); top; top = this.#open.at(-1)) {
      this.#options.signal?.throwIfAborted();
      const entry = top.entries[top.next];
      if (!entry) {
        this.#leave();
        continue;
      }
      if (top.next === top.fetched) await this.#fetchAhead(top);
      top.next++;
      if (!this.#out.hasRoom) yield this.#out.take();
      const { name, node } = entry;
      this.#out.tokens('entry');
      this.#out.bytes(name);
      this.#out.tokens('node');
      if (node.type === 'directory') {
        this.#enter(shown(name), top.directories.get(digestKey(node.digest)) ?? (await this.#directory(node.digest)));
        continue;
      }
      // What is at hand is written without a wait.
      const held = node.type === 'file' ? heldBy(top, node) : undefined;
      if (held) {
        if (!this.#out.fits(held.length)) yield this.#out.take();
        this.#smallFile(node as FileNode, held, name);
      } else yield* this.#leaf(node, name);
      this.#out.tokens('end');
    }
    yield this.#out.take();
  }

  /** Gives back the memory that it used. */
  release(): void {
    for (const { room } of this.#open.splice(0)) giveBack(room);
    giveBack(this.#room);
    this.#room = undefined;
  }

  #enter(name: string, { entries }: Directory): void {
    if (this.#open.length >= maxNarDepth) {
      throw new NarError('nar-depth', `path '${this.#place(name)}' exceeds maximum NAR directory depth of ${maxNarDepth}`);
    }
    this.#out.tokens('directory');
    this.#open.push({ name, entries, next: 0, fetched: 0, blobs: new Map(), room: undefined, directories: new Map() });
  }

  #leave(): void {
    giveBack(this.#open.pop()?.room);
    this.#out.tokens(this.#open.length > 0 ? 'endEntry' : 'end');
  }

  async *#leaf(node: Exclude<Node, { type: 'directory' }>, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    if (node.type === 'symlink') {
      this.#out.tokens('symlink');
      this.#out.bytes(node.target);
      this.#out.tokens('end');
      return;
    }
    this.#out.tokens(node.executable ? 'executable' : 'file');
    yield* this.#contents(node, name);
    this.#out.tokens('end');
  }

  /** There has to be room. */
  #smallFile({ executable, size }: FileNode, contents: Uint8Array, name: Uint8Array): void {
    if (contents.length !== Number(size)) throw this.#otherSize(name);
    this.#out.tokens(executable ? 'executable' : 'file');
    this.#out.bytes(contents);
    this.#out.tokens('end');
  }

  async *#contents(node: FileNode, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    const size = Number(node.size);
    this.#out.number(size);
    let left = size;
    for await (const chunk of this.#blob(node, name)) {
      left -= chunk.length;
      if (left < 0) break;
      for (let at = 0; at < chunk.length; at += smallBlob) {
        this.#out.raw(chunk.subarray(at, at + smallBlob));
        if (!this.#out.hasRoom) yield this.#out.take();
      }
    }
    if (left !== 0) throw this.#otherSize(name);
    this.#out.zeros(narPadding(size));
  }

  #otherSize(name: Uint8Array | undefined): StoreError {
    return new StoreError('corrupt', `file '${this.#place(name && shown(name))}': its blob is not of the recorded size`);
  }

  async *#blob(node: FileNode, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    if (node.size === 0n) return;
    try {
      this.#room ??= rooms.take();
      yield* this.#castore.blobs.read(node.digest, { ...this.#options, check: this.#check, room: this.#room });
    } catch (error) {
      throw placed(error, this.#place(name && shown(name)));
    }
  }

  async #directory(digest: Uint8Array): Promise<Directory> {
    const found = await this.#castore.directories.get(digest, this.#options);
    if (!found) throw notFound(`directory ${hex(digest)} ('${this.#place(undefined)}')`);
    return found;
  }

  /** Fetches the small files and the directories among the next entries. */
  async #fetchAhead(top: OpenDirectory): Promise<void> {
    const [blobs, directories]: [Uint8Array[], Uint8Array[]] = [[], []];
    let bytes = 0;
    let end = top.next;
    for (; end < top.entries.length && end - top.next < aheadCount && bytes < aheadBytes; end++) {
      const { node } = top.entries[end]!;
      if (node.type === 'directory') directories.push(node.digest);
      if (node.type !== 'file' || node.size === 0n || node.size > smallBlob) continue;
      blobs.push(node.digest);
      bytes += Number(node.size);
    }
    top.fetched = end;
    top.blobs.clear();
    top.directories.clear();
    if (blobs.length > 1) {
      top.room ??= rooms.take();
      const found = await this.#castore.blobs.readMany(blobs, { ...this.#options, check: this.#check, room: top.room }).catch((error) => {
        throw placed(error, this.#place(undefined));
      });
      for (const [i, blob] of found.entries()) if (blob) top.blobs.set(digestKey(blobs[i]!), blob);
    }
    if (directories.length > 1) {
      const found = await this.#castore.directories.getMany(directories, this.#options);
      for (const [i, directory] of found.entries()) if (directory) top.directories.set(digestKey(directories[i]!), directory);
    }
  }

  /** Where something stands below the root. */
  #place(name: string | undefined): string {
    const names = this.#open.slice(1).map((directory) => directory.name);
    if (name !== undefined) names.push(name);
    return `/${names.join('/')}`;
  }
}

const nothing = new Uint8Array();
const heldBy = ({ blobs }: OpenDirectory, { digest, size }: FileNode) => (size === 0n ? nothing : blobs.get(digestKey(digest)));

function giveBack(room: Buffer | undefined): void {
  if (room) rooms.give(room);
}

function placed(error: unknown, place: string): unknown {
  if (!(error instanceof StoreError) || (error.code !== 'corrupt' && error.code !== 'not-found')) return error;
  return new StoreError(error.code, `'${place}': ${error.message}`, { cause: error });
}
