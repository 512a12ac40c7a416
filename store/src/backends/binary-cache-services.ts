/** Realisations and logs of binary caches. */
import { collect } from '../compression/bytes.ts';
import { StoreError } from '../errors.ts';
import { formatRealisation, parseRealisation, parseRealisationId } from '../formats/realisation.ts';
import { baseNameOf } from '../formats/store-path.ts';
import { type CacheFiles, contentsOf } from '../http/files.ts';
import type { Realisation } from '../path-info.ts';
import type { Bytes, CallOptions, LogService, RealisationService } from '../service.ts';

const largestRealisation = 1024 * 1024;

type Prepare = (options?: CallOptions) => Promise<void>;

export class CacheRealisations implements RealisationService {
  readonly #files: CacheFiles;
  readonly #directory: string;
  readonly #prepare: Prepare;

  constructor(files: CacheFiles, directory: string, prepare: Prepare) {
    this.#files = files;
    this.#directory = directory;
    this.#prepare = prepare;
  }

  async get(id: string, options?: CallOptions): Promise<Realisation | undefined> {
    const name = `realisations/${parseRealisationId(id)}.doi`;
    const text = await this.#files.text(name, largestRealisation, options);
    if (text === undefined) return undefined;
    const realisation = this.#parse(text, name, id);
    if (realisation.id !== parseRealisationId(id)) throw new StoreError('invalid', `file '${name}' is about '${realisation.id}'`);
    return realisation;
  }

  #parse(text: string, name: string, id: string): Realisation {
    try {
      return parseRealisation(text, this.#directory);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new StoreError('invalid', `while parsing file '${name}' as a realisation for key '${id}': ${reason}`, { cause });
    }
  }

  async put(realisation: Realisation, options?: CallOptions): Promise<void> {
    await this.#prepare(options);
    const name = `realisations/${parseRealisationId(realisation.id)}.doi`;
    await this.#files.write(name, contentsOf(formatRealisation(realisation, this.#directory)), 'application/json', options);
  }
}

export class CacheLogs implements LogService {
  readonly #files: CacheFiles;
  readonly #directory: string;
  readonly #prepare: Prepare;

  constructor(files: CacheFiles, directory: string, prepare: Prepare) {
    this.#files = files;
    this.#directory = directory;
    this.#prepare = prepare;
  }

  #nameOf(drvPath: string): string {
    return `log/${baseNameOf(drvPath, this.#directory)}`;
  }

  async get(drvPath: string, options?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined> {
    const log = this.#files.read(this.#nameOf(drvPath), options)[Symbol.asyncIterator]();
    try {
      const first = await log.next();
      return first.done ? none() : withFirst(first.value, log);
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async put(drvPath: string, log: Bytes, options?: CallOptions): Promise<void> {
    await this.#prepare(options);
    const bytes = (await collect(log))!;
    await this.#files.write(this.#nameOf(drvPath), contentsOf(bytes), 'text/plain; charset=utf-8', options);
  }
}

async function* none(): AsyncGenerator<Uint8Array, void, void> {}

async function* withFirst(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
