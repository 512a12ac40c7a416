/** Tarballs into a castore, whatever they are compressed with; nothing of this machine's files is touched. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Castore, FileNode, Node } from '@vixen/store';
import { type Compression, decompress } from '@vixen/store/compression';
import type { ReadEntry } from 'tar';
import { BuildError } from '../errors.ts';
import type { BuiltinContext } from './context.ts';
import { linkNode, TreeFolder } from './output-tree.ts';

type Chunks = AsyncIterable<Uint8Array>;

const magics: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

const smallFile = 64 * 1024;
/** Bytes and number of small files that are put at once. */
const batchBytes = 4 * 1024 * 1024;
const batchCount = 1024;

export async function unpackTar(archive: Chunks, context: BuiltinContext): Promise<TreeFolder> {
  const { Parser } = await import('tar');
  const failed = new AbortController();
  const signal = context.signal ? AbortSignal.any([context.signal, failed.signal]) : failed.signal;
  // The parser would wait for who reads an entry.
  const into = new TarTree(context.castore, (error) => failed.abort(error));
  const parser = new Parser({ strict: true, onReadEntry: (entry) => into.take(entry) });
  try {
    await pipeline(Readable.from(buffers(await decoded(archive))), parser as unknown as NodeJS.WritableStream, { signal });
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (failed.signal.aborted) throw failed.signal.reason;
    throw new BuildError('failed', `Failed to open archive (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
  return into.finish();
}

async function* buffers(bytes: Chunks): AsyncGenerator<Buffer, void, void> {
  // Chunks are valid only until the next; empty ones hold the parser for the end.
  for await (const chunk of bytes) if (chunk.length > 0) yield Buffer.from(chunk);
}

async function decoded(source: Chunks): Promise<Chunks> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done ? new Uint8Array() : first.value;
  async function* whole() {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  const found = magics.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  return found ? decompress(found[0], whole()) : whole();
}

type FileToPut = { -readonly [K in keyof FileNode]: FileNode[K] };

class TarTree {
  readonly #root = new TreeFolder();
  readonly #castore: Castore;
  readonly #failed: (error: unknown) => void;
  readonly #taken: Promise<void>[] = [];
  #batch: { readonly node: FileToPut; readonly contents: Uint8Array }[] = [];
  #size = 0;

  constructor(castore: Castore, failed: (error: unknown) => void) {
    this.#castore = castore;
    this.#failed = failed;
  }

  /** The parser gives the next entry when this one was read. */
  take(entry: ReadEntry): void {
    const taken = this.#take(entry);
    taken.catch(this.#failed);
    this.#taken.push(taken);
  }

  async finish(): Promise<TreeFolder> {
    await Promise.all(this.#taken);
    await this.#flush();
    return this.#root;
  }

  async #take(entry: ReadEntry): Promise<void> {
    const path = partsOf(entry.path);
    switch (entry.type) {
      case 'Directory':
      case 'GNUDumpDir':
        this.#folder(path);
        entry.resume();
        return;
      case 'SymbolicLink':
        this.#put(path, linkNode(bytesOf(entry.linkpath ?? '')));
        entry.resume();
        return;
      case 'Link':
        this.#put(path, this.#linked(partsOf(entry.linkpath ?? '')));
        entry.resume();
        return;
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        await this.#file(path, entry);
        return;
      default:
        entry.resume();
        throw new BuildError('failed', `file '${entry.path}' in tarball has unsupported file type ${entry.type}`);
    }
  }

  async #file(path: readonly string[], entry: ReadEntry): Promise<void> {
    const executable = ((entry.mode ?? 0) & 0o100) !== 0;
    const node: FileToPut = { type: 'file', digest: new Uint8Array(32), size: BigInt(entry.size), executable };
    this.#put(path, node);
    if (entry.size > smallFile) {
      node.digest = await this.#castore.blobs.put(entry as AsyncIterable<Uint8Array>, { executable });
      return;
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    this.#batch.push({ node, contents: Buffer.concat(chunks) });
    this.#size += entry.size;
    if (this.#size >= batchBytes || this.#batch.length >= batchCount) await this.#flush();
  }

  async #flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#size = 0;
    if (batch.length === 0) return;
    const digests = await this.#castore.blobs.putMany(batch.map(({ contents }) => contents));
    for (const [i, { node }] of batch.entries()) node.digest = digests[i]!;
  }

  #folder(path: readonly string[]): TreeFolder {
    let folder = this.#root;
    for (const name of path) {
      const there = folder.entries.get(name);
      // Not through links: what they lead to may be anywhere.
      if (there && !(there instanceof TreeFolder)) throw new BuildError('failed', `Cannot extract through '${path.join('/')}'`);
      const next = there ?? new TreeFolder();
      folder.entries.set(name, next);
      folder = next;
    }
    return folder;
  }

  #put(path: readonly string[], node: Node): void {
    const name = path.at(-1);
    if (name === undefined) throw new BuildError('failed', 'the archive holds a file without a name');
    const folder = this.#folder(path.slice(0, -1));
    if (folder.entries.get(name) instanceof TreeFolder)
      throw new BuildError('failed', `Can't replace existing directory '${path.join('/')}'`);
    folder.entries.set(name, node);
  }

  #linked(path: readonly string[]): Node {
    const found = this.#folder(path.slice(0, -1)).entries.get(path.at(-1) ?? '');
    if (found && !(found instanceof TreeFolder)) return found;
    throw new BuildError('failed', `Hard-link target '${path.join('/')}' does not exist.`);
  }
}

const bytesOf = (text: string) => Buffer.from(text).toString('latin1');

function partsOf(path: string): string[] {
  const parts = bytesOf(path)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new BuildError('failed', `Path contains '..': '${path}'`);
  return parts;
}
