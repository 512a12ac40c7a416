/** The files of a cache behind HTTP. */
import { collect } from '../compression/bytes.ts';
import { allThreads, type Compression, compress, decompress, parseCompression } from '../compression/index.ts';
import { StoreError } from '../errors.ts';
import type { Bytes, CallOptions } from '../service.ts';
import { shownUrl } from './answer.ts';
import type { HttpClient } from './client.ts';
import { type CacheFiles, type Contents, contentsOf, noSuchFile } from './files.ts';

/** How small files are compressed for the way: by the kind of file. */
export interface SmallFileCompressions {
  readonly narinfo: Compression;
  readonly listing: Compression;
  readonly log: Compression;
}

export class RemoteFiles implements CacheFiles {
  readonly url: string;
  readonly #base: URL;
  readonly #client: HttpClient;
  readonly #compressions: SmallFileCompressions;

  constructor(url: URL, client: HttpClient, compressions: SmallFileCompressions) {
    this.#base = new URL(url);
    // Otherwise the last part of the path would be replaced by a file's name.
    if (!this.#base.pathname.endsWith('/')) this.#base.pathname += '/';
    this.#base.search = '';
    this.url = shownUrl(this.#base).replace(/\/$/, '');
    this.#client = client;
    this.#compressions = compressions;
  }

  // The URL in a narinfo may be of any form: with a query, or of another server.
  #at(name: string): URL {
    const relative = /^[a-z][a-z0-9+.-]*:\/\//i.test(name) ? name : name.replace(/^([^/?]*):/, '$1%3A');
    const url = URL.canParse(relative, this.#base) ? new URL(relative, this.#base) : undefined;
    if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
    throw new StoreError('invalid', `'${name}' is not a URL of a file in binary cache '${this.url}'`);
  }

  exists(name: string, options?: CallOptions): Promise<boolean> {
    return this.#client.exists(this.#at(name), options);
  }

  async text(name: string, limit: number, options?: CallOptions): Promise<string | undefined> {
    const found = await this.#client.bytes(this.#at(name), limit, options);
    if (!found) return undefined;
    const bytes = await collect(decoded([found.bytes], found.encoding), limit);
    if (!bytes) throw new StoreError('invalid', `file '${name}' of binary cache '${this.url}' is larger than ${limit} bytes`);
    return bytes.toString();
  }

  async *read(name: string, options?: CallOptions): AsyncGenerator<Uint8Array, void, void> {
    let encoding = '';
    const body = this.#client.download(this.#at(name), {
      ...options,
      onEncoding: (value) => {
        encoding = value;
      },
    });
    try {
      // The encoding is known with the first chunk.
      const first = await body.next();
      if (first.done) return;
      yield* decoded(withFirst(first.value, body), encoding);
    } catch (error) {
      throw error instanceof StoreError && error.code === 'not-found' ? noSuchFile(name, this.url, error) : error;
    } finally {
      await body.return();
    }
  }

  async write(name: string, contents: Contents, type: string, options?: CallOptions): Promise<void> {
    const compression = this.#compressionOf(name);
    if (compression === 'none') {
      await this.#client.put(this.#at(name), { size: contents.size, read: () => contents.read(), type }, options);
      return;
    }
    const packed = contentsOf((await collect(compress(compression, contents.read(), { ahead: allThreads() })))!);
    await this.#client.put(this.#at(name), { size: packed.size, read: packed.read, type, encoding: compression }, options);
  }

  #compressionOf(name: string): Compression {
    if (name.endsWith('.narinfo')) return this.#compressions.narinfo;
    if (name.endsWith('.ls')) return this.#compressions.listing;
    return name.startsWith('log/') ? this.#compressions.log : 'none';
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function* withFirst(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield first;
  yield* rest;
}

// Nix writes its own names of compressions into the header; `x-gzip` is an old name.
function decoded(bytes: Bytes, encoding: string): AsyncIterable<Uint8Array> {
  const name = encoding.trim().toLowerCase();
  return decompress(name === 'identity' ? 'none' : parseCompression(name.replace(/^x-/, '')), bytes);
}
