/**
 * The files of a `file:` cache. What is small is read and written at once, for it lies in the page cache or goes there: the thread pool costs more than that.
 */
import fs from 'node:fs';
import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { BufferPool } from '../compression/bytes.ts';
import { StoreError } from '../errors.ts';
import type { CallOptions } from '../service.ts';
import { type CacheFiles, type Contents, checkFileName, noSuchFile } from './files.ts';

const pool = new BufferPool(256 * 1024, 32);
/** Milliseconds that a read may take where the next is not left to the thread pool: much more than one from the page cache does. */
const quickRead = 2;
const readLater = promisify(fs.read);
let serial = 0;

export class LocalFiles implements CacheFiles {
  readonly url: string;
  readonly #folder: string;
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    this.url = `file://${folder}`;
  }

  #at(name: string): string {
    return path.join(this.#folder, checkFileName(name));
  }

  async exists(name: string): Promise<boolean> {
    const file = this.#at(name);
    try {
      return fs.statSync(file, { throwIfNoEntry: false }) !== undefined;
    } catch (error) {
      if (isMissing(error)) return false;
      throw wrapped(error);
    }
  }

  async text(name: string, limit: number): Promise<string | undefined> {
    const fd = this.#open(name);
    if (fd === undefined) return undefined;
    try {
      const { size } = fs.fstatSync(fd);
      if (size > limit) throw new StoreError('invalid', `file '${this.#at(name)}' is larger than ${limit} bytes`);
      return system(() => fs.readFileSync(fd, 'utf8'));
    } finally {
      fs.closeSync(fd);
    }
  }

  async *read(name: string, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const fd = this.#open(name);
    if (fd === undefined) throw noSuchFile(name, this.url);
    const buffer = pool.take();
    try {
      for (let quick = true; ; ) {
        signal?.throwIfAborted();
        const before = performance.now();
        const count = quick
          ? fs.readSync(fd, buffer, 0, buffer.length, null)
          : (await readLater(fd, buffer, 0, buffer.length, null)).bytesRead;
        if (count === 0) return;
        quick = performance.now() - before < quickRead;
        // No Buffer: whose `slice` copies nothing.
        yield new Uint8Array(buffer.buffer, buffer.byteOffset, count);
      }
    } finally {
      pool.give(buffer);
      fs.closeSync(fd);
    }
  }

  #open(name: string): number | undefined {
    try {
      return fs.openSync(this.#at(name), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw wrapped(error);
    }
  }

  // Readers see the old file or the new one: it appears by a rename.
  async write(name: string, contents: Contents, _type: string, { signal }: CallOptions = {}): Promise<void> {
    const final = this.#at(name);
    const temporary = `${final}.tmp.${process.pid}.${serial++}`;
    this.#makeFolder(path.dirname(final));
    try {
      const fd = fs.openSync(temporary, 'wx', 0o666);
      try {
        for await (const chunk of contents.read()) {
          signal?.throwIfAborted();
          for (let at = 0; at < chunk.length; ) at += fs.writeSync(fd, chunk, at);
        }
      } finally {
        fs.closeSync(fd);
      }
      fs.renameSync(temporary, final);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw wrapped(error);
    }
  }

  #makeFolder(folder: string): void {
    if (this.#made.has(folder)) return;
    fs.mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
  }

  async *names(): AsyncGenerator<string, void, void> {
    try {
      for await (const entry of await opendir(this.#folder)) yield entry.name;
    } catch (error) {
      if (!isMissing(error)) throw wrapped(error);
    }
  }

  async close(): Promise<void> {}
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

function system<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw wrapped(error);
  }
}

function wrapped(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return new StoreError(full ? 'exhausted' : 'io', error.message, { cause: error });
}
