/** Bytes that are written once and read any number of times: in memory while they are few, then in a file that has no name, so that nothing is left behind. */
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BufferPool } from './compression/bytes.ts';

const defaultInMemory = 4 * 1024 * 1024;
const pool = new BufferPool(256 * 1024, 32);
let serial = 0;

export class Spool {
  /** Full ones, and the last, as far as `#size` says. */
  #held: Buffer[] = [];
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
      this.#hold(chunk);
      return;
    }
    await this.#spill();
    await writeAll(this.#file!, chunk, this.#size);
    this.#size += chunk.length;
  }

  #hold(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const used = this.#size % pool.size;
      if (used === 0) this.#held.push(pool.take());
      const part = chunk.subarray(at, at + pool.size - used);
      this.#held.at(-1)!.set(part, used);
      at += part.length;
      this.#size += part.length;
    }
  }

  /** What is held in memory. No Buffers: whose `slice` copies nothing. */
  *#parts(): Generator<Uint8Array, void, void> {
    for (const [i, { buffer, byteOffset }] of this.#held.entries()) {
      yield new Uint8Array(buffer, byteOffset, Math.min(pool.size, this.#size - i * pool.size));
    }
  }

  #release(): void {
    for (const buffer of this.#held) pool.give(buffer);
    this.#held = [];
  }

  async #spill(): Promise<void> {
    if (this.#file) return;
    const name = path.join(tmpdir(), `vixen-spool-${process.pid}-${serial++}`);
    this.#file = await open(name, 'wx+', 0o600);
    await unlink(name);
    let at = 0;
    for (const part of this.#parts()) {
      await writeAll(this.#file, part, at);
      at += part.length;
    }
    this.#release();
  }

  /** All that was written. A chunk is valid until the next is asked for. */
  async *read(): AsyncGenerator<Uint8Array, void, void> {
    if (!this.#file) {
      yield* this.#parts();
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
    this.#release();
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
