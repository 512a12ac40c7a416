/** Sizes of messages, and lists and streams cut so that they fit. */
import { digestSize } from '../castore/node.ts';
import { StoreError } from '../errors.ts';

/** What a message is meant to hold at most. */
export const batchBytes = 1024 * 1024;

/** What either side takes in one message. A single directory, path info or the like may be larger than a batch, but not than this. */
export const maxMessageSize = 16 * 1024 * 1024;

/** Blobs that are read or written in batches are at most this large. */
export const maxSmallBlob = 4 * 1024 * 1024;

/** Digests in one message: 1 MiB of them are 30,000. */
export const batchCount = 8192;

export function requireDigest(digest: Uint8Array): Uint8Array {
  if (digest.length !== digestSize) throw new StoreError('invalid', `a digest has ${digest.length} bytes, not ${digestSize}`);
  return digest;
}

/** A list in parts of about `batchBytes`. */
export function batches<T>(items: Iterable<T>, sizeOf: (item: T) => number): T[][] {
  const made: T[][] = [];
  let [batch, bytes]: [T[], number] = [[], 0];
  for (const item of items) {
    const size = sizeOf(item);
    if (batch.length > 0 && (bytes + size > batchBytes || batch.length >= batchCount)) {
      made.push(batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(item);
    bytes += size;
  }
  if (batch.length > 0) made.push(batch);
  return made;
}

/** The same of a stream. A batch is kept back no longer than it takes to fill it. */
export async function* batched<T>(items: AsyncIterable<T>, sizeOf: (item: T) => number): AsyncGenerator<T[], void, void> {
  let [batch, bytes]: [T[], number] = [[], 0];
  for await (const item of items) {
    batch.push(item);
    bytes += sizeOf(item);
    if (bytes < batchBytes && batch.length < batchCount) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/** Bytes in messages of at most `batchBytes`. */
export async function* pieces(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<{ data: Uint8Array }, void, void> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += batchBytes) yield { data: chunk.subarray(at, at + batchBytes) };
  }
}

/** The bytes of messages. */
export async function* dataOf(chunks: AsyncIterable<{ readonly data: Uint8Array }>): AsyncGenerator<Uint8Array, void, void> {
  for await (const { data } of chunks) yield data;
}
