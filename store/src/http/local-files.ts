/** The files of a `file:` cache. */
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BufferPool } from '../compression/bytes.ts';
import { StoreError } from '../errors.ts';
import type { CallOptions } from '../service.ts';
import { writeAll } from '../spool.ts';
import { type CacheFiles, type Contents, checkFileName, noSuchFile } from './files.ts';

const pool = new BufferPool(256 * 1024, 32);
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
    try {
      await stat(this.#at(name));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw wrapped(error);
    }
  }

  async text(name: string, limit: number): Promise<string | undefined> {
    const file = await this.#open(name);
    if (!file) return undefined;
    try {
      const { size } = await file.stat();
      if (size > limit) throw new StoreError('invalid', `file '${this.#at(name)}' is larger than ${limit} bytes`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  }

  async *read(name: string, { signal }: CallOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const file = await this.#open(name);
    if (!file) throw noSuchFile(name, this.url);
    const buffer = pool.take();
    try {
      for (;;) {
        signal?.throwIfAborted();
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return;
        // No Buffer: whose `slice` copies nothing.
        yield new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
      }
    } finally {
      pool.give(buffer);
      await file.close();
    }
  }

  async #open(name: string): Promise<FileHandle | undefined> {
    try {
      return await open(this.#at(name), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw wrapped(error);
    }
  }

  // Readers see the old file or the new one: it appears by a rename.
  async write(name: string, contents: Contents, _type: string, { signal }: CallOptions = {}): Promise<void> {
    const final = this.#at(name);
    const temporary = `${final}.tmp.${process.pid}.${serial++}`;
    await this.#makeFolder(path.dirname(final));
    try {
      const file = await open(temporary, 'wx', 0o666);
      try {
        for await (const chunk of contents.read()) {
          signal?.throwIfAborted();
          await writeAll(file, chunk, null);
        }
      } finally {
        await file.close();
      }
      await rename(temporary, final);
    } catch (error) {
      await rm(temporary, { force: true });
      throw wrapped(error);
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#made.has(folder)) return;
    await mkdir(folder, { recursive: true });
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

function wrapped(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return new StoreError(full ? 'exhausted' : 'io', error.message, { cause: error });
}
