/** Blobs that are written one call after another, into any store. */
import type { BeginBlobOptions, BlobService, BlobSink, CallOptions, HashedBlob, PutBlobOptions, Taken } from '../service.ts';
import { BytePipe } from './byte-pipe.ts';

/** Bytes that may wait for the store. */
const pipeBytes = 512 * 1024;

export const beginBlob = (blobs: BlobService, options: BeginBlobOptions): BlobSink =>
  blobs.begin?.(options) ?? new PipedBlob(blobs, options);

/** `BlobService.take` of any store. */
export async function takeBlobs(service: BlobService, blobs: readonly HashedBlob[], options: CallOptions): Promise<Taken> {
  if (service.take) return service.take(blobs, options);
  const durable = putCopies(service, blobs, options);
  // Whoever waits for it sees its error; until then it is not unhandled.
  durable.catch(() => {});
  return { durable: () => durable };
}

const smallBlob = 64 * 1024;

async function putCopies(service: BlobService, blobs: readonly HashedBlob[], options: CallOptions): Promise<void> {
  // All copies are made before the first wait.
  const copies = blobs.map(({ contents, executable = false }) => ({ contents: contents.slice(), executable }));
  const small = copies.filter(({ contents }) => contents.length <= smallBlob).map(({ contents }) => contents);
  if (small.length > 0) await service.putMany(small, options);
  for (const { contents, executable } of copies) {
    if (contents.length > smallBlob) await service.put([contents], { ...options, executable, owned: true });
  }
}

/** For stores that pull. */
class PipedBlob implements BlobSink {
  readonly #pipe = new BytePipe();
  readonly #stored: Promise<Uint8Array>;

  constructor(blobs: BlobService, options: PutBlobOptions) {
    this.#stored = blobs.put(this.#pipe, options);
    // Whoever waits for it sees its error; until then it is not unhandled.
    this.#stored.catch(() => {});
  }

  write(bytes: Uint8Array): void {
    this.#pipe.push(bytes.slice());
  }

  ready(): Promise<void> | undefined {
    if (this.#pipe.waiting <= pipeBytes) return undefined;
    return Promise.race([this.#pipe.drained(pipeBytes), this.#stored.then(() => {})]);
  }

  finish(): Promise<Uint8Array> {
    this.#pipe.end();
    return this.#stored;
  }

  async discard(reason: unknown): Promise<void> {
    this.#pipe.fail(reason);
    await this.#stored.catch(() => {});
  }
}
