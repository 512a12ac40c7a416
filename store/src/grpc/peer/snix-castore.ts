/** The castore of a server that speaks Snix's services alone: a call for each blob and directory, many at a time. */
import { BlobServiceDefinition, DirectoryServiceDefinition } from '@vixen/proto/castore';
import { digestKey, equalBytes, hex } from '../../castore/bytes.ts';
import { encodeDirectory } from '../../castore/directory.ts';
import { directoryMessage, directoryOfMessage } from '../../castore/message.ts';
import type { Directory } from '../../castore/node.ts';
import { StoreError } from '../../errors.ts';
import type { BlobService, BlobStat, Bytes, CallOptions, Castore, DirectoryService, ReadBlobOptions } from '../../service.ts';
import { blake3 } from '../../wasm.ts';
import { type Callers, callers, type Peer } from '../client.ts';
import { dataOf, pieces } from '../limits.ts';
import { optional, resumed, retried, skipBytes } from '../retry.ts';
import { mapLimited } from './limit.ts';
import { readTree } from './tree.ts';
import { verifiedBlob, verifiedDirectory } from './verified.ts';

const callsAtOnce = 32;

export const snixCastore = (peer: Peer): Castore => ({ blobs: new SnixBlobs(peer), directories: new SnixDirectories(peer) });

class SnixBlobs implements BlobService {
  readonly #url: string;
  readonly #service: Callers<typeof BlobServiceDefinition>;

  constructor(peer: Peer) {
    this.#url = peer.url;
    this.#service = callers(peer, BlobServiceDefinition);
  }

  #stat(digest: Uint8Array, sendChunks: boolean, options: CallOptions) {
    return optional(retried(() => this.#service.stat({ digest, sendChunks, sendBao: false }, options), options));
  }

  has(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<boolean[]> {
    return mapLimited(digests, callsAtOnce, async (digest) => (await this.#stat(digest, false, options)) !== undefined);
  }

  /** A size is not told of a blob that is not cut: then it is read. */
  async stat(digest: Uint8Array, options: CallOptions & { readonly chunks?: boolean } = {}): Promise<BlobStat | undefined> {
    const stat = await this.#stat(digest, true, options);
    if (!stat) return undefined;
    let size = stat.chunks.reduce((sum, chunk) => sum + chunk.size, 0n);
    if (stat.chunks.length === 0) for await (const chunk of this.read(digest, options)) size += BigInt(chunk.length);
    return { size, chunks: options.chunks ? stat.chunks : [] };
  }

  read(digest: Uint8Array, options: ReadBlobOptions = {}): AsyncIterable<Uint8Array> {
    const from = (done: number) => skipBytes(dataOf(this.#service.read({ digest }, options)), done);
    const whole = verifiedBlob(
      resumed(from, (chunk) => chunk.length, options),
      digest,
      this.#url,
    );
    const { offset = 0, length } = options;
    return offset === 0 && length === undefined ? whole : partOf(whole, offset, length ?? Number.POSITIVE_INFINITY);
  }

  readMany(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<(Uint8Array | undefined)[]> {
    return mapLimited(digests, callsAtOnce, (digest) => optional(collect(this.read(digest, options))));
  }

  async put(contents: Bytes, options: CallOptions = {}): Promise<Uint8Array> {
    const send = async () => (await this.#service.put(pieces(contents), options)).digest;
    return Array.isArray(contents) ? retried(send, options) : send();
  }

  putMany(contents: readonly Uint8Array[], options: CallOptions = {}): Promise<Uint8Array[]> {
    return mapLimited(contents, callsAtOnce, (blob) => this.put([blob], options));
  }
}

class SnixDirectories implements DirectoryService {
  readonly #url: string;
  readonly #service: Callers<typeof DirectoryServiceDefinition>;

  constructor(peer: Peer) {
    this.#url = peer.url;
    this.#service = callers(peer, DirectoryServiceDefinition);
  }

  async get(digest: Uint8Array, options: CallOptions = {}): Promise<Directory | undefined> {
    const request = { byWhat: { $case: 'digest', value: digest }, recursive: false } as const;
    const ask = async () => {
      for await (const message of this.#service.get(request, options)) return directoryOfMessage(message);
      return undefined;
    };
    const directory = await optional(retried(ask, options));
    return directory && verifiedDirectory(encodeDirectory(directory), digest, this.#url);
  }

  getMany(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<(Directory | undefined)[]> {
    return mapLimited(digests, callsAtOnce, (digest) => this.get(digest, options));
  }

  getRecursive(digest: Uint8Array, options: CallOptions = {}): AsyncIterable<Directory> {
    const request = { byWhat: { $case: 'digest', value: digest }, recursive: true } as const;
    return readTree(() => this.#service.get(request, options), digest, this.#url, options);
  }

  /** A call takes a whole tree with one root: what is below and not given is fetched, and sent again. */
  async put(directories: readonly Directory[], options: CallOptions = {}): Promise<Uint8Array[]> {
    const digests = directories.map((directory) => blake3(encodeDirectory(directory)));
    const given = new Map(digests.map((digest, i) => [digestKey(digest), directories[i]!]));
    const named = new Set(directories.flatMap(childKeys));
    for (const [key, directory] of given) {
      if (named.has(key)) continue;
      const tree = await this.#tree(key, directory, given, options);
      const { rootDigest } = await retried(() => this.#service.put(messages(tree), options), options);
      const wanted = blake3(encodeDirectory(directory));
      if (!equalBytes(rootDigest, wanted)) throw new StoreError('corrupt', `${this.#url}: directory ${hex(wanted)} arrived as another`);
    }
    return digests;
  }

  /** All below a directory, leaves first, itself last. */
  async #tree(root: string, directory: Directory, given: ReadonlyMap<string, Directory>, options: CallOptions): Promise<Directory[]> {
    const known = new Map(given);
    const order = new Map<string, Directory>();
    const open: { key: string; directory: Directory; below: string[] }[] = [{ key: root, directory, below: childKeys(directory) }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const key = top.below.pop();
      if (key === undefined) {
        order.set(top.key, top.directory);
        open.pop();
      } else if (!order.has(key)) {
        const child = known.get(key) ?? (await this.#fetch(key, known, options));
        open.push({ key, directory: child, below: childKeys(child) });
      }
    }
    return [...order.values()];
  }

  async #fetch(key: string, known: Map<string, Directory>, options: CallOptions): Promise<Directory> {
    const digest = new Uint8Array(Buffer.from(key, 'latin1'));
    for await (const each of this.getRecursive(digest, options)) known.set(digestKey(blake3(encodeDirectory(each))), each);
    const found = known.get(key);
    if (found) return found;
    throw new StoreError('invalid', `cannot put a directory, because the directory ${hex(digest)} within it is unknown`);
  }
}

const childKeys = ({ entries }: Directory): string[] =>
  entries.flatMap(({ node }) => (node.type === 'directory' ? [digestKey(node.digest)] : []));

async function* messages(tree: readonly Directory[]) {
  for (const directory of tree) yield directoryMessage(directory);
}

async function* partOf(chunks: AsyncIterable<Uint8Array>, offset: number, length: number): AsyncGenerator<Uint8Array, void, void> {
  let left = length;
  for await (const chunk of skipBytes(chunks, offset)) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
}
