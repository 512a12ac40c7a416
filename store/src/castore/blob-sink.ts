/** Blobs that are written one call after another, into any store. */
import type { BlobService, BlobSink, PutBlobOptions } from '../service.ts';
import { BytePipe } from './byte-pipe.ts';

/** Bytes that may wait for the store. */
const pipeBytes = 512 * 1024;

export const beginBlob = (blobs: BlobService, options: PutBlobOptions): BlobSink => blobs.begin?.(options) ?? new PipedBlob(blobs, options);

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
