// A pack on a web server. What was used once is kept in the browser, so that it is there without a network, too.
import { joinBytes } from '@vixen/eval-core';
import type { PackSource, ReadOptions } from './blocks.ts';
import { PackError } from './errors.ts';
import { manifestName } from './format.ts';

export interface HttpSourceOptions {
  /** The pack's folder, an absolute URL. */
  readonly url: string;
  /** The name of the cache that keeps blocks (Cache API); without it, or where the runtime has no caches, nothing is kept. */
  readonly cache?: string;
  /** A request is given up when nothing has come for so many milliseconds. */
  readonly patience?: number;
}

const defaultPatience = 30_000;

export class HttpSource implements PackSource {
  readonly #options: HttpSourceOptions;
  readonly #folder: string;
  #cache: Promise<Cache | undefined> | undefined;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
    this.#folder = options.url.endsWith('/') ? options.url : `${options.url}/`;
  }

  read(name: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    return name === manifestName ? this.#manifest(options) : this.#block(name, options);
  }

  /** Keeps a block, which has been found to be right. */
  async keep(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const cache = await this.#opened();
    // A full disk is no error: the block is fetched again another time.
    await cache?.put(this.#folder + name, new Response(bytes)).catch(() => {});
  }

  async forget(name: string): Promise<void> {
    const cache = await this.#opened();
    await cache?.delete(this.#folder + name);
  }

  /** The blocks of a pack that was replaced are thrown away. */
  async #manifest(options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const known = await this.#kept(manifestName);
    try {
      const bytes = await this.#fetch(manifestName, options);
      if (known && !sameBytes(known, bytes)) await this.#clear();
      await this.keep(manifestName, bytes);
      return bytes;
    } catch (error) {
      if (known && error instanceof PackError && error.code === 'offline') return known;
      throw error;
    }
  }

  async #block(name: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.#kept(name)) ?? this.#fetch(name, options);
  }

  async #kept(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const cache = await this.#opened();
    const response = await cache?.match(this.#folder + name).catch(() => undefined);
    return response && new Uint8Array(await response.arrayBuffer());
  }

  #opened(): Promise<Cache | undefined> {
    const { cache } = this.#options;
    // Pages that came over plain HTTP have no caches, and a browser may forbid them.
    this.#cache ??=
      cache === undefined || typeof caches === 'undefined' ? Promise.resolve(undefined) : caches.open(cache).catch(() => undefined);
    return this.#cache;
  }

  async #clear() {
    const { cache } = this.#options;
    if (cache !== undefined && (await this.#opened())) await caches.delete(cache);
    this.#cache = undefined;
  }

  async #fetch(name: string, { limit, fetched }: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
    const controller = new AbortController();
    const { patience = defaultPatience } = this.#options;
    const giveUp = () => controller.abort(new Error(`nothing came for ${patience / 1000} s`));
    let timer = setTimeout(giveUp, patience);
    const came = (bytes: number) => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      fetched(bytes);
    };
    try {
      // The manifest changes under its name; a block never does.
      const cache = name === manifestName ? 'no-cache' : 'default';
      const response = await fetch(this.#folder + name, { signal: controller.signal, cache, credentials: 'same-origin' });
      if (!response.ok) throw this.#refused(name, response);
      return await bodyOf(response, limit, came);
    } catch (cause) {
      if (cause instanceof PackError) throw cause;
      throw new PackError('offline', `${name} of the pack cannot be fetched from ${this.#folder}: there is no connection`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  #refused(name: string, { status }: Response): PackError {
    if (name !== manifestName) return new PackError('missing', `the pack at ${this.#folder} lacks ${name} (HTTP status ${status})`);
    if (status === 404) return new PackError('absent', `there is no pack at ${this.#folder}`);
    return new PackError('offline', `the pack at ${this.#folder} cannot be read (HTTP status ${status})`);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The body, of which more than `limit` bytes are refused. */
async function bodyOf(response: Response, limit: number, came: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    length += part.value.length;
    came(part.value.length);
    parts.push(part.value);
    if (length <= limit) continue;
    await reader?.cancel();
    throw new PackError('damaged', `the pack is damaged: ${response.url} is larger than it should be`);
  }
  return joinBytes(parts);
}
