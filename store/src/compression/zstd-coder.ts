/** The frames of one stream: worked on in the runtime's thread pool while there are few, then in threads (`zstd-threads.ts`). */
import { availableParallelism } from 'node:os';
import type { Hasher } from '@vixen/wasm';
import { nativeHashers } from '../hashing.ts';
import type { BufferPool, PooledChunk } from './bytes.ts';
import { FileDigests } from './file-digests.ts';
import type { ZstdNative } from './native-types.ts';
import type { Sums } from './sums.ts';
import { codeInThread, ThreadStream, type ZstdResult } from './zstd-threads.ts';

/** Bytes after which threads go on: about what their start takes. */
const threadAfter = 16 * 1024 * 1024;
let worked = 0;

export interface CoderOptions {
  /** Decodes without a level. */
  readonly level: number | undefined;
  /** Where buffers go back. */
  readonly pool: BufferPool;
  /** Frames that may be worked on at once. */
  readonly ahead: number;
  readonly sums: Sums | undefined;
}

export class FrameCoder {
  readonly #options: CoderOptions;
  readonly #native: (bytes: Uint8Array) => Promise<Uint8Array>;
  /** Hashes, too: a hash cannot change threads. */
  #stream: ThreadStream | undefined;
  readonly #hashers: { readonly source: Hasher; readonly result: Hasher } | undefined;

  constructor(native: ZstdNative, options: CoderOptions) {
    this.#options = options;
    const { level, sums, ahead } = options;
    const coder = level === undefined ? new native.Decoder() : new native.Encoder(level);
    this.#native = 'encode' in coder ? (bytes) => coder.encode(bytes) : (bytes) => coder.decode(bytes);
    if (!sums) return;
    // All of a stream goes to one thread.
    if (isMuch() && ahead <= 2) this.#stream = new ThreadStream(level, this.#filesOf(sums));
    else this.#hashers = { source: nativeHashers('sha256'), result: nativeHashers('sha256') };
  }

  #filesOf(sums: Sums): FileDigests | undefined {
    if (sums.wantsFiles) sums.files = new FileDigests();
    return sums.files;
  }

  /** What becomes of a frame, which is given away. Results have to be `passed` in turn. */
  async run({ bytes, release }: PooledChunk): Promise<PooledChunk> {
    worked += bytes.length;
    this.#hashers?.source.update(bytes);
    if (this.#stream || (isMuch() && bytes.length > 0)) {
      const given = { buffer: bytes.buffer as ArrayBuffer, used: bytes.length };
      return this.#pooled(await (this.#stream ? this.#stream.code(given) : codeInThread(this.#options.level, given)));
    }
    const made = await this.#native(bytes);
    release();
    return { bytes: Buffer.from(made.buffer, made.byteOffset, made.length), release: () => {} };
  }

  #pooled({ buffer, used }: ZstdResult): PooledChunk {
    return { bytes: Buffer.from(buffer, 0, used), release: () => this.#options.pool.give(Buffer.from(buffer)) };
  }

  passed(result: Uint8Array): void {
    this.#hashers?.result.update(result);
  }

  /** Passes on what was not made here, hashed. */
  async *more(of: 'source' | 'result', chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of chunks) {
      this.#hashers?.[of].update(chunk);
      await this.#stream?.hash(of, chunk);
      yield chunk;
    }
  }

  /** Tells the sums, when all has passed. */
  async finish(): Promise<void> {
    const { sums } = this.#options;
    const stream = this.#stream;
    this.#stream = undefined;
    if (!sums) return;
    const { source, result } = stream
      ? await stream.end()
      : { source: this.#hashers!.source.digest(), result: this.#hashers!.result.digest() };
    sums.source = source;
    sums.result = result;
  }

  /** Lets go of what an unfinished stream has. */
  close(): void {
    this.#stream?.end().catch(() => {});
    this.#stream = undefined;
  }
}

const isMuch = () => worked >= threadAfter && availableParallelism() > 1;
