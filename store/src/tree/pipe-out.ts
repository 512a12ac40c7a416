import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { CallOptions } from '../service.ts';

/**
 * Writes chunks to a stream, each before the next is asked for, since their memory is used again. For `process.stdout` this is what to use: once a
 * process has threads its pipes do not block, and only the stream can wait for room. Leaves the stream open.
 */
export async function writeChunks(stream: Writable, chunks: AsyncIterable<Uint8Array>, { signal }: CallOptions = {}): Promise<void> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    if (chunk.length > 0) await write(stream, chunk, signal);
  }
}

async function write(stream: Writable, chunk: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  const done = new AbortController();
  const written = new Promise<void>((resolve, reject) => {
    stream.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
  if (!signal) return written;
  const aborted = once(signal, 'abort', { signal: done.signal }).then(() => {
    throw signal.reason;
  });
  aborted.catch(() => {});
  try {
    await Promise.race([written, aborted]);
  } finally {
    done.abort();
  }
}
