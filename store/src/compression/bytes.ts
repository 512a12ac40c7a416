/** Small things about streams of bytes. */
import { type Duplex, pipeline, Readable } from 'node:stream';
import type { Bytes } from '../service.ts';

/** All of a stream in one array; undefined, and the rest unread, when it is more than `limit` bytes. */
export async function collect(source: Bytes, limit = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > limit) return undefined;
    // A chunk may be its producer's buffer, and written over when the next is asked for.
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks, size);
}

/** Buffers of one size that are used again: making and collecting large ones costs more than filling them. */
export class BufferPool {
  readonly size: number;
  readonly #keep: number;
  readonly #free: Buffer[] = [];

  constructor(size: number, keep: number) {
    this.size = size;
    this.#keep = keep;
  }

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  /** Gives back what nobody looks at any more. Buffers of other sizes are not kept. */
  give(buffer: Buffer): void {
    if (buffer.length === this.size && this.#free.length < this.#keep) this.#free.push(buffer);
  }
}

export interface PooledChunk {
  /** At the start of an `ArrayBuffer` of its own. */
  readonly bytes: Buffer;
  release(): void;
}

/** Chunks of a size, the pool's unless told, the last one shorter; nothing for nothing. Who takes a chunk has to release it. */
export async function* regroup(source: Bytes, pool: BufferPool, size = pool.size): AsyncGenerator<PooledChunk, void, void> {
  let buffer = pool.take();
  let used = 0;
  const taken = (): PooledChunk => {
    const whole = buffer;
    return { bytes: whole.subarray(0, used), release: () => pool.give(whole) };
  };
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + size - used);
      buffer.set(part, used);
      used += part.length;
      at += part.length;
      if (used < size) continue;
      yield taken();
      buffer = pool.take();
      used = 0;
    }
  }
  if (used > 0) yield taken();
  else pool.give(buffer);
}

/** Runs `work` on items ahead of their turn, at most `ahead` at once, and gives the results in order. */
export async function* inOrder<T, R>(
  source: AsyncIterable<T>,
  ahead: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const running: Promise<R>[] = [];
  try {
    for await (const item of source) {
      running.push(work(item));
      if (running.length >= ahead) yield await running.shift()!;
    }
    while (running.length > 0) yield await running.shift()!;
  } finally {
    // What fails when nobody waits any more is no unhandled rejection.
    for (const rest of running) rest.catch(() => {});
  }
}

/** The same bytes, each chunk the receiver's own. */
export async function* owned(source: Bytes): AsyncGenerator<Buffer, void, void> {
  for await (const chunk of source) yield Buffer.from(chunk);
}

/** What a transforming stream makes of the bytes. It reads ahead: chunks have to be its own. */
export async function* through(source: Bytes, transform: Duplex): AsyncGenerator<Uint8Array, void, void> {
  // Errors reach who reads from the transform.
  pipeline(Readable.from(source), transform, () => {});
  yield* transform;
}
