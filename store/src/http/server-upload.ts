/**
 * What a served store does with PUT, as Nix uploads: an archive, then its narinfo. Archives wait in files without names; with the narinfo they are
 * decompressed, and the store checks them against it and registers the path.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { collect } from '../compression/bytes.ts';
import { compress, decompress, parseCompression } from '../compression/index.ts';
import { StoreError, unsupported } from '../errors.ts';
import { nix32Hash, sha256 } from '../formats/hash.ts';
import { type NarInfo, parseNarInfo } from '../formats/narinfo.ts';
import { parseRealisation, parseRealisationId } from '../formats/realisation.ts';
import { hashPartOf } from '../formats/store-path.ts';
import { nativeHashers } from '../hashing.ts';
import { limitedNar } from '../nar-check.ts';
import type { Bytes, Store } from '../service.ts';
import { Spool } from '../spool.ts';
import { checkedFile } from './file-check.ts';
import { drain, send, stream } from './respond.ts';
import { type Route, routeOf } from './routes.ts';
import { Uploads } from './uploads.ts';

export interface UploadOptions {
  readonly token: string | undefined;
  readonly checkSignatures: boolean;
  readonly largestUpload: number;
}

const largestNarInfo = 4 * 1024 * 1024;
const waitingInMemory = 256 * 1024;
const largestSmallFile = 64 * 1024 * 1024;

export class UploadHandler {
  readonly #store: Store;
  readonly #options: UploadOptions;
  readonly #uploads = new Uploads();

  constructor(store: Store, options: UploadOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** Answers questions for archives by the names that they were uploaded by; false for others. */
  async answerRead(request: IncomingMessage, response: ServerResponse, path: string, signal: AbortSignal): Promise<boolean> {
    const route = routeOf(path);
    if (route?.kind !== 'upload') return false;
    const registered = this.#uploads.registered(route.name);
    if (!this.#uploads.has(route.name) && !registered) return false;
    response.writeHead(200, { 'content-type': 'application/x-nix-nar' });
    if (request.method === 'HEAD') {
      response.end();
      return true;
    }
    const sent = await this.#uploads.with(route.name, async (spool) => {
      await stream(response, spool.read(), signal);
      return true;
    });
    if (sent) return true;
    if (!registered) throw new StoreError('not-found', `file '${route.name}' does not exist`);
    const nar = this.#store.nar(registered.path, { signal, check: false });
    await stream(response, compress(registered.compression, nar, { ahead: 1 }), signal);
    return true;
  }

  async answer(request: IncomingMessage, response: ServerResponse, path: string, signal: AbortSignal): Promise<void> {
    if (!this.mayUpload(request)) {
      send(response, 401, 'uploading needs a token', { 'www-authenticate': 'Basic realm="binary cache"' });
      drain(request);
      return;
    }
    const route = routeOf(path);
    if (!route || route.kind === 'nar') {
      send(response, 404, 'no file of a binary cache that can be uploaded');
      drain(request);
      return;
    }
    await this.#take(route, request, signal);
    send(response, 200, 'ok');
  }

  /** Whether a request brings the token. */
  mayUpload({ headers }: IncomingMessage): boolean {
    const { token } = this.#options;
    const [, scheme, value = ''] = /^(bearer|basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (token === undefined || scheme === undefined) return false;
    if (scheme.toLowerCase() === 'bearer') return sameSecret(value, token);
    const login = Buffer.from(value, 'base64').toString();
    const colon = login.indexOf(':');
    return colon >= 0 && sameSecret(login.slice(colon + 1), token);
  }

  async #take(route: Exclude<Route, { kind: 'nar' }>, request: IncomingMessage, signal: AbortSignal): Promise<void> {
    const body = bodyOf(request);
    switch (route.kind) {
      case 'upload':
        return this.#takeNar(route.name, route.fileHash, body, signal);
      case 'narinfo':
        return this.#takeNarInfo(route.hashPart, await textOf(body, largestNarInfo), signal);
      case 'realisation':
        return this.#takeRealisation(route.id, await textOf(body, largestNarInfo), signal);
      case 'log':
        return this.#takeLog(route.name, body, signal);
      // We make these ourselves.
      case 'listing':
      case 'cache-info':
        await textOf(body, largestSmallFile);
    }
  }

  async #takeNar(name: string, fileHash: string, body: Bytes, signal: AbortSignal): Promise<void> {
    // Many may wait.
    const spool = new Spool(waitingInMemory);
    const hasher = nativeHashers('sha256');
    try {
      for await (const chunk of body) {
        signal.throwIfAborted();
        if (spool.size + chunk.length > this.#options.largestUpload) throw tooLarge(name, this.#options.largestUpload);
        hasher.update(chunk);
        await spool.write(chunk);
      }
      const actual = nix32Hash(sha256(hasher.digest()));
      if (actual !== `sha256:${fileHash}`) throw new StoreError('corrupt', `file '${name}' has the hash ${actual}`);
      await this.#uploads.put(name, spool);
    } catch (error) {
      await spool.close();
      throw error;
    }
  }

  async #takeNarInfo(hashPart: string, text: string, signal: AbortSignal): Promise<void> {
    const { directory } = this.#store;
    const whence = `${hashPart}.narinfo`;
    const info = parseNarInfo(text, { whence, directory });
    if (hashPartOf(info.path, directory) !== hashPart) throw new StoreError('invalid', `NAR info file '${whence}' is about '${info.path}'`);
    if (info.narSize > this.#options.largestUpload) throw tooLarge(info.path, this.#options.largestUpload);
    if (await this.#isKnown(info, signal)) return;
    const added = await this.#uploads.with(info.url, async (spool) => {
      await this.#register(info, spool, signal);
      return true;
    });
    if (!added) throw new StoreError('invalid', `file '${info.url}' of '${info.path}' has to be uploaded first`);
  }

  /** A path that is there may get new signatures, nothing else. */
  async #isKnown(info: NarInfo, signal: AbortSignal): Promise<boolean> {
    const known = await this.#store.pathInfo(info.path, { signal });
    if (!known) return false;
    if (!Buffer.from(known.narHash).equals(info.narHash)) {
      throw new StoreError('invalid', `path '${info.path}' is there already, with other contents`);
    }
    const fresh = info.signatures.filter((signature) => !known.signatures.includes(signature));
    if (fresh.length > 0) await this.#store.addSignatures(info.path, fresh, { signal });
    return true;
  }

  async #register(info: NarInfo, spool: Spool, signal: AbortSignal): Promise<void> {
    const { url, compression, fileHash, fileSize, ...pathInfo } = info;
    const file = checkedFile(info, spool.read(), url);
    const nar = limitedNar(info, decompress(parseCompression(compression), file));
    await this.#store.add(pathInfo, nar, { signal, checkSignatures: this.#options.checkSignatures });
    this.#uploads.remember(url, { path: info.path, compression: parseCompression(compression) });
  }

  async #takeRealisation(id: string, text: string, signal: AbortSignal): Promise<void> {
    const { realisations, url, directory } = this.#store;
    if (!realisations) throw unsupported(url, 'realisations');
    const realisation = parseRealisation(text, directory);
    if (realisation.id !== parseRealisationId(id)) throw new StoreError('invalid', `the realisation is of '${realisation.id}'`);
    await realisations.put(realisation, { signal, checkSignatures: this.#options.checkSignatures });
  }

  async #takeLog(name: string, body: Bytes, signal: AbortSignal): Promise<void> {
    const { logs, url, directory } = this.#store;
    if (!logs) throw unsupported(url, 'logs');
    await logs.put(`${directory}/${name}`, limited(body, this.#options.largestUpload, name), { signal });
  }

  close(): Promise<void> {
    return this.#uploads.close();
  }
}

const tooLarge = (what: string, limit: number) => new StoreError('exhausted', `'${what}' is larger than ${limit} bytes`);

async function* limited(bytes: Bytes, limit: number, what: string): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > limit) throw tooLarge(what, limit);
    yield chunk;
  }
}

/** What was sent, without the encoding that it was sent in. */
function bodyOf(request: IncomingMessage): Bytes {
  const encoding = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  return encoding === '' || encoding === 'identity' ? request : decompress(parseCompression(encoding.replace(/^x-/, '')), request);
}

async function textOf(body: Bytes, limit: number): Promise<string> {
  const bytes = await collect(body, limit);
  if (!bytes) throw tooLarge('the file', limit);
  return bytes.toString();
}

/** Compares without telling by its time how much is the same. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
