// Streams of bytes between a command and the process's own.
import fs from 'node:fs';
import { writeChunks as writeTo } from '@vixen/store/tree';
import { hasErrorCode } from '../../node/system-error.ts';

/** Writes chunks to stdout as they come. A reader that has gone is no error: the process ends quietly. */
export async function writeChunks(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  try {
    await writeTo(process.stdout, asAsync(chunks));
  } catch (error) {
    if (hasErrorCode(error, 'EPIPE')) process.exit(0);
    throw error;
  }
}

async function* asAsync(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  yield* chunks;
}

const chunkSize = 256 * 1024;

/** Stdin, a chunk at a time. */
export async function* stdinChunks(signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  yield* fs.createReadStream('', { fd: 0, autoClose: false, highWaterMark: chunkSize, signal });
}

/** The same; a chunk is valid until the next is asked for. A file is read at once, for most of it lies in the page cache: the thread pool costs more than that. */
export async function* stdinPassing(signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  if (!fs.fstatSync(0).isFile()) {
    yield* stdinChunks(signal);
    return;
  }
  const buffer = new Uint8Array(chunkSize);
  for (let count = -1; count !== 0; ) {
    signal.throwIfAborted();
    count = fs.readSync(0, buffer, 0, buffer.length, null);
    if (count > 0) yield buffer.subarray(0, count);
  }
}
