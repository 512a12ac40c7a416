/** What a served store answers to GET and HEAD. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeText, formatHash, NarReader } from '@vixen/wasm';
import { compress } from '../compression/index.ts';
import { formatCacheInfo } from '../formats/cache-info.ts';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { sha256 } from '../formats/hash.ts';
import type { SecretKey } from '../formats/keys.ts';
import { formatListing, ListingSink } from '../formats/listing.ts';
import { formatNarInfo, type NarInfo } from '../formats/narinfo.ts';
import { formatRealisation, signRealisation } from '../formats/realisation.ts';
import { normalSignatures } from '../formats/signature.ts';
import { hashPartOf } from '../formats/store-path.ts';
import type { PathInfo } from '../path-info.ts';
import type { Bytes, Store } from '../service.ts';
import { wasmHashes } from '../wasm.ts';
import { parseRange } from './range.ts';
import { send, stream } from './respond.ts';
import { type Route, routeOf } from './routes.ts';

export interface ReadOptions {
  readonly secretKeys: readonly SecretKey[];
  readonly priority: number;
  readonly compression: 'none' | 'zstd';
}

type Headers = Record<string, string>;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}

export class ReadHandler {
  readonly #store: Store;
  readonly #options: ReadOptions;

  constructor(store: Store, options: ReadOptions) {
    this.#store = store;
    this.#options = options;
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string, signal: AbortSignal): Promise<void> {
    const route = routeOf(path);
    if (!route) {
      send(response, 404, 'not found');
      return;
    }
    await this.#answerRoute(route, { request, response, signal });
  }

  async #answerRoute(route: Route, exchange: Exchange): Promise<void> {
    switch (route.kind) {
      case 'cache-info':
        return this.#text(exchange, 'text/x-nix-cache-info', this.#cacheInfo());
      case 'narinfo':
        return this.#text(exchange, 'text/x-nix-narinfo', await this.#narInfo(route.hashPart, exchange.signal));
      case 'listing':
        return this.#text(exchange, 'application/json', await this.#listing(route.hashPart, exchange));
      case 'nar':
        return this.#nar(route, exchange);
      case 'log':
        return this.#log(route.name, exchange);
      case 'realisation':
        return this.#text(exchange, 'application/json', await this.#realisation(route.id, exchange.signal));
      case 'upload':
        return this.#text(exchange, '', undefined);
    }
  }

  #text({ response }: Exchange, type: string, text: string | undefined): void {
    if (text === undefined) {
      send(response, 404, 'not found');
      return;
    }
    const body = Buffer.from(text);
    response.writeHead(200, { 'content-type': type, 'content-length': body.length });
    response.end(response.req.method === 'HEAD' ? undefined : body);
  }

  #cacheInfo(): string {
    return formatCacheInfo({ storeDirectory: this.#store.directory, wantMassQuery: true, priority: this.#options.priority });
  }

  async #infoOf(hashPart: string, signal: AbortSignal): Promise<PathInfo | undefined> {
    const path = await this.#store.pathFromHashPart(hashPart, { signal });
    return path === undefined ? undefined : this.#store.pathInfo(path, { signal });
  }

  async #narInfo(hashPart: string, signal: AbortSignal): Promise<string | undefined> {
    const info = await this.#infoOf(hashPart, signal);
    return info && this.#formatInfo(info);
  }

  #formatInfo(info: PathInfo): string {
    const { compression, secretKeys } = this.#options;
    const hashPart = hashPartOf(info.path, this.#store.directory);
    const name = `${hashPart}-${formatHash(sha256(info.narHash), 'nix32', false)}.nar`;
    const fingerprint = secretKeys.length > 0 ? pathFingerprint(info) : '';
    const signatures = normalSignatures([...info.signatures, ...secretKeys.map((key) => key.sign(fingerprint))]);
    const url = `nar/${name}${compression === 'zstd' ? '.zst' : ''}`;
    // What is compressed on its way has no hash and size that could be known before.
    const file = compression === 'none' ? { fileHash: sha256(info.narHash), fileSize: info.narSize } : { fileSize: 0 };
    const narInfo: NarInfo = { ...info, signatures, url, compression, ...file };
    return formatNarInfo(narInfo, this.#store.directory);
  }

  async #listing(hashPart: string, { request, signal }: Exchange): Promise<string | undefined> {
    const info = await this.#infoOf(hashPart, signal);
    if (!info) return undefined;
    if (request.method === 'HEAD') return '';
    const sink = new ListingSink();
    const reader = new NarReader(wasmHashes(), sink, { decode: decodeText });
    for await (const chunk of this.#store.nar(info.path, { signal, check: false })) reader.write(chunk);
    reader.end();
    return formatListing(sink.root);
  }

  async #realisation(id: string, signal: AbortSignal): Promise<string | undefined> {
    const realisation = await this.#store.realisations?.get(id, { signal });
    if (!realisation) return undefined;
    const signed = this.#options.secretKeys.reduce((one, key) => signRealisation(one, key, this.#store.directory), realisation);
    return formatRealisation(signed, this.#store.directory);
  }

  async #log(name: string, exchange: Exchange): Promise<void> {
    const { response, signal, request } = exchange;
    const log = await this.#store.logs?.get(`${this.#store.directory}/${name}`, { signal });
    if (!log) {
      send(response, 404, 'not found');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    if (request.method === 'HEAD') response.end();
    else await stream(response, log, signal);
  }

  async #nar(route: Route & { kind: 'nar' }, exchange: Exchange): Promise<void> {
    const { request, response, signal } = exchange;
    const info = await this.#infoOf(route.hashPart, signal);
    if (!info || formatHash(sha256(info.narHash), 'nix32', false) !== route.narHash) {
      send(response, 404, 'not found');
      return;
    }
    const headers: Headers = {
      'content-type': 'application/x-nix-nar',
      etag: `"${route.narHash}${route.compression === 'none' ? '' : '-zst'}"`,
    };
    // The hash is checked by who receives it, as he has to.
    const nar = () => this.#store.nar(info.path, { signal, check: false });
    if (route.compression === 'none') return sendRange(exchange, headers, info.narSize, nar);
    response.writeHead(200, headers);
    if (request.method === 'HEAD') response.end();
    else await stream(response, compress('zstd', nar(), { ahead: 2 }), signal);
  }
}

/** Sends an archive, or the part of it that was asked for. */
async function sendRange(
  { request, response, signal }: Exchange,
  headers: Headers,
  size: number,
  nar: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const wanted =
    request.headers['if-range'] === undefined || request.headers['if-range'] === headers.etag ? request.headers.range : undefined;
  const range = parseRange(wanted, size);
  if (range === 'unsatisfiable') {
    send(response, 416, 'no such range', { 'content-range': `bytes */${size}` });
    return;
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'accept-ranges': 'bytes',
    'content-length': String(last - first + 1),
    ...(range ? { 'content-range': `bytes ${first}-${last}/${size}` } : {}),
  });
  if (request.method === 'HEAD') response.end();
  else await stream(response, slice(nar(), first, last + 1), signal);
}

async function* slice(bytes: Bytes, from: number, to: number): AsyncGenerator<Uint8Array, void, void> {
  let at = 0;
  for await (const chunk of bytes) {
    const part = chunk.subarray(Math.max(0, from - at), Math.max(0, to - at));
    if (part.length > 0) yield part;
    at += chunk.length;
    if (at >= to) return;
  }
}
