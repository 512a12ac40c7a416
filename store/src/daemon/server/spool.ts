/** Bytes that are read once and needed again: kept in memory, or in a temporary file when they are many. */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Bytes } from '../../service.ts';

const inMemory = 4 * 1024 * 1024;
const chunkSize = 256 * 1024;

export class Spool {
  #parts: Uint8Array[] = [];
  #file: { readonly handle: fs.FileHandle; readonly folder: string } | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps bytes, which stay the caller's. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#size += bytes.length;
    this.#parts.push(bytes.slice());
    if (this.#file || this.#size > inMemory) await this.#spill();
  }

  async fill(source: Bytes): Promise<this> {
    for await (const chunk of source) await this.write(chunk);
    return this;
  }

  /** All of it, from the beginning. A chunk is valid until the next is asked for. */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    if (!this.#file) {
      yield* this.#parts;
      return;
    }
    const buffer = new Uint8Array(chunkSize);
    for (let at = 0; at < this.#size; ) {
      const { bytesRead } = await this.#file.handle.read(buffer, 0, chunkSize, at);
      if (bytesRead === 0) throw new Error('a temporary file has been cut');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    this.#parts = [];
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    await file.handle.close();
    await fs.rm(file.folder, { recursive: true, force: true });
  }

  async #spill(): Promise<void> {
    if (!this.#file) {
      const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'vixen-spool-'));
      this.#file = { folder, handle: await fs.open(path.join(folder, 'bytes'), 'wx+', 0o600) };
    }
    for (const part of this.#parts.splice(0)) await this.#file.handle.appendFile(part);
  }
}
