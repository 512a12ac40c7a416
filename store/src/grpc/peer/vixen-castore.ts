/** The castore of a server of Vixen: everything in batches. */
import { BlobServiceDefinition, DirectoryServiceDefinition } from '@vixen/proto/castore';
import { type BytesBatch, CastoreServiceDefinition } from '@vixen/proto/vixen';
import { equalBytes } from '../../castore/bytes.ts';
import { encodeDirectory } from '../../castore/directory.ts';
import type { Directory } from '../../castore/node.ts';
import { StoreError } from '../../errors.ts';
import type { BlobService, BlobStat, Bytes, CallOptions, Castore, DirectoryService, ReadBlobOptions } from '../../service.ts';
import { blake3 } from '../../wasm.ts';
import { type Callers, callers, type Peer } from '../client.ts';
import { batchCount, batches, dataOf, maxSmallBlob, pieces } from '../limits.ts';
import { optional, resumed, retried } from '../retry.ts';
import { mapLimited } from './limit.ts';
import { readTree } from './tree.ts';
import { sameLength, verifiedBlob, verifiedBytes, verifiedDirectory } from './verified.ts';

/** Batches under way at once. */
const batchesAtOnce = 4;

export function vixenCastore(peer: Peer): Castore {
  const service = callers(peer, CastoreServiceDefinition);
  return {
    blobs: new VixenBlobs(peer, service, callers(peer, BlobServiceDefinition).put),
    directories: new VixenDirectories(peer, service, callers(peer, DirectoryServiceDefinition).get),
  };
}

type Service = Callers<typeof CastoreServiceDefinition>;

class VixenBlobs implements BlobService {
  readonly #url: string;
  readonly #service: Service;
  readonly #put: Callers<typeof BlobServiceDefinition>['put'];

  constructor({ url }: Peer, service: Service, put: Callers<typeof BlobServiceDefinition>['put']) {
    this.#url = url;
    this.#service = service;
    this.#put = put;
  }

  async has(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<boolean[]> {
    const each = await mapLimited(batches(digests, digestBytes), batchesAtOnce, async (batch) => {
      const { present } = await retried(() => this.#service.hasBlobs({ digests: batch }, options), options);
      return sameLength(present, batch.length, this.#url);
    });
    return each.flat();
  }

  async stat(digest: Uint8Array, options: CallOptions & { readonly chunks?: boolean } = {}): Promise<BlobStat | undefined> {
    return optional(retried(() => this.#service.statBlob({ digest, sendChunks: options.chunks ?? false }, options), options));
  }

  read(digest: Uint8Array, options: ReadBlobOptions = {}): AsyncIterable<Uint8Array> {
    const { offset = 0, length } = options;
    const from = (done: number) =>
      dataOf(
        this.#service.readBlob(
          { digest, offset: BigInt(offset + done), length: length === undefined ? undefined : BigInt(length - done) },
          options,
        ),
      );
    const bytes = resumed(from, (chunk) => chunk.length, options);
    return offset === 0 && length === undefined ? verifiedBlob(bytes, digest, this.#url) : bytes;
  }

  async readMany(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<(Uint8Array | undefined)[]> {
    const found = await readBatches(digests, (batch) => this.#service.getBlobs({ digests: batch }, options), this.#url, options);
    return found.map((bytes, i) => bytes && verifiedBytes(bytes, digests[i]!, this.#url));
  }

  async put(contents: Bytes, options: CallOptions = {}): Promise<Uint8Array> {
    const send = async () => (await this.#put(pieces(contents), options)).digest;
    return Array.isArray(contents) ? retried(send, options) : send();
  }

  async putMany(contents: readonly Uint8Array[], options: CallOptions = {}): Promise<Uint8Array[]> {
    const each = await mapLimited(batches(contents, blobBytes), batchesAtOnce, async (batch) => {
      if (batch[0]!.length > maxSmallBlob) return [await this.put(batch, options)];
      const { digests } = await retried(() => this.#service.putBlobs({ blobs: batch }, options), options);
      return sameLength(digests, batch.length, this.#url);
    });
    return each.flat();
  }
}

class VixenDirectories implements DirectoryService {
  readonly #url: string;
  readonly #service: Service;
  readonly #get: Callers<typeof DirectoryServiceDefinition>['get'];

  constructor({ url }: Peer, service: Service, get: Callers<typeof DirectoryServiceDefinition>['get']) {
    this.#url = url;
    this.#service = service;
    this.#get = get;
  }

  async get(digest: Uint8Array, options: CallOptions = {}): Promise<Directory | undefined> {
    return (await this.getMany([digest], options))[0];
  }

  async getMany(digests: readonly Uint8Array[], options: CallOptions = {}): Promise<(Directory | undefined)[]> {
    const found = await readBatches(digests, (batch) => this.#service.getDirectories({ digests: batch }, options), this.#url, options);
    return found.map((encoded, i) => encoded && verifiedDirectory(encoded, digests[i]!, this.#url));
  }

  getRecursive(digest: Uint8Array, options: CallOptions = {}): AsyncIterable<Directory> {
    const request = { byWhat: { $case: 'digest', value: digest }, recursive: true } as const;
    return readTree(() => this.#get(request, options), digest, this.#url, options);
  }

  /** One batch after the other: what a batch names may stand in the one before. */
  async put(directories: readonly Directory[], options: CallOptions = {}): Promise<Uint8Array[]> {
    const digests: Uint8Array[] = [];
    for (const batch of batches(directories.map(encodeDirectory), blobBytes)) {
      const answer = await retried(() => this.#service.putDirectories({ directories: batch }, options), options);
      for (const [i, digest] of sameLength(answer.digests, batch.length, this.#url).entries()) {
        if (!equalBytes(digest, blake3(batch[i]!)))
          throw new StoreError('corrupt', `${this.#url}: a directory arrived with other contents`);
        digests.push(digest);
      }
    }
    return digests;
  }
}

const digestBytes = () => 40;
const blobBytes = (blob: Uint8Array) => blob.length + 8;

/** Asks for a list in parts; answers in order. */
async function readBatches(
  digests: readonly Uint8Array[],
  open: (digests: Uint8Array[]) => AsyncIterable<BytesBatch>,
  url: string,
  options: CallOptions,
): Promise<(Uint8Array | undefined)[]> {
  const all: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < digests.length; at += batchCount) {
    const batch = digests.slice(at, at + batchCount);
    const found = await retried(async () => {
      const items: (Uint8Array | undefined)[] = [];
      for await (const message of open(batch)) for (const { data } of message.items) items.push(data);
      return sameLength(items, batch.length, url);
    }, options);
    for (const item of found) all.push(item);
  }
  return all;
}
