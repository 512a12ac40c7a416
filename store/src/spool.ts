/** Bytes that are written once and read any number of times: in memory while they are few, then in a file that has no name, so that nothing is left behind. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BufferPool } from './compression/bytes.ts';

const defaultInMemory = 4 * 1024 * 1024;
const pool = new BufferPool(256 * 1024, 32);
let serial = 0;

export class Spool {
  #chunks: Buffer[] = [];
  #file: FileHandle | undefined;
  #size = 0;
  readonly #mostInMemory: number;

  /** `mostInMemory`: bytes that are kept in memory before they go into a file. */
  constructor(mostInMemory = defaultInMemory) {
    this.#mostInMemory = mostInMemory;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes a chunk in; it may be used again afterwards. */
  async write(chunk: Uint8Array): Promise<void> {
    if (!this.#file && this.#size + chunk.length <= this.#mostInMemory) {
      this.#chunks.push(Buffer.from(chunk));
      this.#size += chunk.length;
      return;
    }
    await this.#spill();
    await writeAll(this.#file!, chunk, this.#size);
    this.#size += chunk.length;
  }

  async #spill(): Promise<void> {
    if (this.#file) return;
    const name = path.join(tmpdir(), `vixen-spool-${process.pid}-${serial++}`);
    this.#file = await open(name, 'wx+', 0o600);
    await unlink(name);
    await writeAll(this.#file, Buffer.concat(this.#chunks), 0);
    this.#chunks = [];
  }

  /** All that was written. A chunk is valid until the next is asked for. */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    if (!this.#file) {
      yield* this.#chunks;
      return;
    }
    const buffer = pool.take();
    try {
      for (let at = 0; at < this.#size; ) {
        const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error('a temporary file became shorter');
        at += bytesRead;
        // No Buffer: whose `slice` copies nothing.
        yield new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
      }
    } finally {
      pool.give(buffer);
    }
  }

  async close(): Promise<void> {
    this.#chunks = [];
    await this.#file?.close();
    this.#file = undefined;
    this.#size = 0;
  }
}

/** Writes all bytes, at a position or (null) behind what was written last. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, position: number | null): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position === null ? null : position + at);
    at += bytesWritten;
  }
}
