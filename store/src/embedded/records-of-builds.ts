/** What builds leave besides paths: realisations in the index, logs as files. */
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { requireTrusted } from '../backends/settings.ts';
import type { Trust } from '../castore/store.ts';
import { formatRealisation, parseRealisation } from '../formats/realisation.ts';
import { baseNameOf } from '../formats/store-path.ts';
import type { Realisation } from '../path-info.ts';
import type { Bytes, CallOptions, LogService, RealisationService } from '../service.ts';
import { type Files, isSystemError, type StoreLayout, systemError } from './files.ts';
import type { IndexFile } from './index-file.ts';

export class EmbeddedRealisations implements RealisationService {
  readonly #index: IndexFile;
  readonly #trust: Trust;
  readonly #directory: string;

  constructor(index: IndexFile, trust: Trust, directory: string) {
    this.#index = index;
    this.#trust = trust;
    this.#directory = directory;
  }

  async get(id: string, { signal }: CallOptions = {}): Promise<Realisation | undefined> {
    signal?.throwIfAborted();
    const bytes = this.#index.tables.realisations.get(Buffer.from(id));
    return bytes && parseRealisation(bytes.toString(), this.#directory);
  }

  async put(realisation: Realisation, options: CallOptions & { readonly checkSignatures?: boolean } = {}): Promise<void> {
    options.signal?.throwIfAborted();
    requireTrusted(this.#trust, realisation, this.#directory, options.checkSignatures);
    const text = Buffer.from(formatRealisation(realisation, this.#directory));
    await this.#index.write(() => this.#index.tables.realisations.put(Buffer.from(realisation.id), text));
  }
}

/** Logs: `logs/<first two digits>/<the rest of the base name>.gz`. */
export class EmbeddedLogs implements LogService {
  readonly #files: Files;
  readonly #layout: StoreLayout;
  readonly #directory: string;
  #serial = 0;

  constructor(files: Files, layout: StoreLayout, directory: string) {
    this.#files = files;
    this.#layout = layout;
    this.#directory = directory;
  }

  #fileOf(drvPath: string): string {
    const base = baseNameOf(drvPath, this.#directory);
    return path.join(this.#layout.logs, base.slice(0, 2), `${base.slice(2)}.gz`);
  }

  async get(drvPath: string, { signal }: CallOptions = {}): Promise<AsyncIterable<Uint8Array> | undefined> {
    signal?.throwIfAborted();
    const file = this.#fileOf(drvPath);
    try {
      return unpacked(await fs.promises.open(file, 'r'), file, signal);
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw systemError(`cannot read '${file}'`, error);
    }
  }

  async put(drvPath: string, log: Bytes, { signal }: CallOptions = {}): Promise<void> {
    const file = this.#fileOf(drvPath);
    this.#files.makeFolder(this.#layout.temporary);
    this.#files.makeFolder(path.dirname(file));
    const temporary = path.join(this.#layout.temporary, `log-${process.pid}-${Date.now().toString(36)}-${this.#serial++}`);
    const out = this.#files.create(temporary);
    try {
      let at = 0;
      await pipeline(Readable.from(log), createGzip(), async (packed: AsyncIterable<Uint8Array>) => {
        for await (const chunk of packed) {
          signal?.throwIfAborted();
          out.write([chunk], at);
          at += chunk.length;
        }
      });
      await out.sync();
      this.#files.rename(temporary, file);
      await this.#files.syncFolder(path.dirname(file));
      await this.#files.syncFolder(this.#layout.logs);
    } catch (error) {
      this.#files.remove(temporary);
      throw error;
    } finally {
      out.close();
    }
  }
}

async function* unpacked(
  handle: fs.promises.FileHandle,
  file: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const stream = handle.createReadStream();
  const gunzip = createGunzip();
  stream.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of stream.pipe(gunzip) as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    throw signal?.aborted ? error : systemError(`cannot read '${file}'`, error);
  } finally {
    stream.destroy();
    gunzip.destroy();
  }
}
