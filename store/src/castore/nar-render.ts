/** Archives (Nix manual, "Nix Archive (NAR) format") of what lies in a castore, as streams of bounded chunks. */
import { maxNarDepth, NarChunks, NarError, narMagic, narPadding } from '@vixen/wasm';
import { notFound, StoreError } from '../errors.ts';
import type { CallOptions, Castore } from '../service.ts';
import { digestKey, hex, shown } from './bytes.ts';
import type { Directory, DirectoryEntry, FileNode, Node } from './node.ts';

/** Blobs up to this size are fetched many at once, ahead of their turn; what is ahead is bounded. */
const smallBlob = 64 * 1024;
const aheadBytes = 1024 * 1024;
const aheadCount = 256;

/** The archive of a node. A chunk is valid until the next is asked for. Fails with `not-found` or `corrupt` and the file's place. */
export async function* renderNar(castore: Castore, node: Node, options: CallOptions = {}): AsyncGenerator<Uint8Array, void, void> {
  const out = new NarChunks();
  try {
    out.text(narMagic);
    yield* new Renderer(castore, out, options).render(node);
  } finally {
    out.release();
  }
}

interface OpenDirectory {
  readonly name: string;
  readonly entries: readonly DirectoryEntry[];
  next: number;
  /** Where the entries begin that are not fetched ahead. */
  fetched: number;
  readonly blobs: Map<string, Uint8Array>;
  readonly directories: Map<string, Directory>;
}

class Renderer {
  readonly #castore: Castore;
  readonly #out: NarChunks;
  readonly #options: CallOptions;
  readonly #open: OpenDirectory[] = [];

  constructor(castore: Castore, out: NarChunks, options: CallOptions) {
    this.#castore = castore;
    this.#out = out;
    this.#options = options;
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
      this.#out.text('entry', '(', 'name');
      this.#out.bytes(entry.name);
      this.#out.text('node');
      if (entry.node.type === 'directory') {
        const known = top.directories.get(digestKey(entry.node.digest));
        this.#enter(shown(entry.name), known ?? (await this.#directory(entry.node.digest)));
      } else {
        yield* this.#leaf(entry.node, entry.name);
        this.#out.text(')');
      }
    }
    yield this.#out.take();
  }

  #enter(name: string, { entries }: Directory): void {
    if (this.#open.length >= maxNarDepth) {
      throw new NarError('nar-depth', `path '${this.#place(name)}' exceeds maximum NAR directory depth of ${maxNarDepth}`);
    }
    this.#out.text('(', 'type', 'directory');
    this.#open.push({ name, entries, next: 0, fetched: 0, blobs: new Map(), directories: new Map() });
  }

  #leave(): void {
    this.#open.pop();
    this.#out.text(')');
    if (this.#open.length > 0) this.#out.text(')');
  }

  async *#leaf(node: Exclude<Node, { type: 'directory' }>, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    if (node.type === 'symlink') {
      this.#out.text('(', 'type', 'symlink', 'target');
      this.#out.bytes(node.target);
      this.#out.text(')');
      return;
    }
    this.#out.text('(', 'type', 'regular');
    if (node.executable) this.#out.text('executable', '');
    this.#out.text('contents');
    yield* this.#contents(node, name);
    this.#out.text(')');
  }

  async *#contents(node: FileNode, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    const size = Number(node.size);
    this.#out.number(size);
    const held = this.#open.at(-1)?.blobs.get(digestKey(node.digest));
    let left = size;
    for await (const chunk of held ? [held] : this.#blob(node, name)) {
      left -= chunk.length;
      if (left < 0) break;
      for (let at = 0; at < chunk.length; at += smallBlob) {
        this.#out.raw(chunk.subarray(at, at + smallBlob));
        if (!this.#out.hasRoom) yield this.#out.take();
      }
    }
    if (left !== 0) throw new StoreError('corrupt', `file '${this.#place(name && shown(name))}': its blob is not of the recorded size`);
    this.#out.zeros(narPadding(size));
  }

  async *#blob(node: FileNode, name: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> {
    if (node.size === 0n) return;
    try {
      yield* this.#castore.blobs.read(node.digest, this.#options);
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
      const found = await this.#castore.blobs.readMany(blobs, this.#options).catch((error) => {
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

function placed(error: unknown, place: string): unknown {
  if (!(error instanceof StoreError) || (error.code !== 'corrupt' && error.code !== 'not-found')) return error;
  return new StoreError(error.code, `'${place}': ${error.message}`, { cause: error });
}
