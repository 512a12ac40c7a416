/**
 * Zstandard (RFC 8878). Native code works on whole frames in threads, so we write frames of 1 MiB (a file may have any number of them),
 * which also makes both directions parallel. Frames of others may be as large as the file: those go through a streaming decoder.
 */
import zlib from 'node:zlib';
import { StoreError } from '../errors.ts';
import type { Bytes } from '../service.ts';
import { BufferPool, inOrder, owned, type PooledChunk, regroup, through } from './bytes.ts';
import type { CompressOptions, DecompressOptions } from './index.ts';
import { zstdNative } from './native.ts';
import { withSums } from './sums.ts';
import { FrameCoder } from './zstd-coder.ts';
import { frameAt } from './zstd-frames.ts';

const frameSize = 1024 * 1024;
/** Bytes that are looked at together. */
const pieceSize = 64 * 1024;
/** With room for what becomes larger, by a 256th and some bytes (ZSTD_COMPRESSBOUND), and for a piece of the next frame. */
const pool = new BufferPool(frameSize + frameSize / 128 + pieceSize, 16);
/** Output of the largest frame that is decoded in one piece. */
const largestFrame = 64 * 1024 * 1024;
const defaultLevel = 3;

export async function* compressZstd(source: Bytes, options: CompressOptions): AsyncGenerator<Uint8Array, void, void> {
  const { ahead, sums } = options;
  const level = options.level ?? defaultLevel;
  const native = await zstdNative();
  if (native) {
    yield* compressFrames(source, new FrameCoder(native, { level, pool, ahead, sums }), ahead);
    return;
  }
  if (!('createZstdCompress' in zlib)) throw new StoreError('unsupported', 'this platform has no zstd compressor');
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: level };
  yield* withSums(sums, source, (bytes) => through(owned(bytes), zlib.createZstdCompress({ params })));
}

async function* compressFrames(source: Bytes, coder: FrameCoder, ahead: number): AsyncGenerator<Uint8Array, void, void> {
  try {
    let empty = true;
    for await (const frame of inOrder(regroup(source, pool, frameSize), ahead, (chunk) => coder.run(chunk))) {
      empty = false;
      yield* passed(coder, frame);
    }
    if (empty) yield* passed(coder, await coder.run({ bytes: Buffer.from(new ArrayBuffer(64), 0, 0), release: () => {} }));
    await coder.finish();
  } finally {
    coder.close();
  }
}

function* passed(coder: FrameCoder, { bytes, release }: PooledChunk): Generator<Uint8Array, void, void> {
  // No Buffer: whose `slice` copies nothing.
  const chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  coder.passed(chunk);
  yield chunk;
  release();
}

export async function* decompressZstd(source: Bytes, { ahead, sums }: DecompressOptions): AsyncGenerator<Uint8Array, void, void> {
  const native = await zstdNative();
  if (!native) {
    yield* withSums(sums, source, streamed);
    return;
  }
  const coder = new FrameCoder(native, { level: undefined, pool, ahead, sums });
  try {
    const reader = new FrameReader(source);
    for await (const frame of inOrder(reader.frames(), ahead, (chunk) => coder.run(chunk))) yield* passed(coder, frame);
    if (reader.rest) yield* coder.more('result', streamed(coder.more('source', reader.rest)));
    await coder.finish();
  } finally {
    coder.close();
  }
}

/** Cuts a stream into frames until one is too large. */
class FrameReader {
  readonly #source: Bytes;
  readonly #held = new HeldBytes();
  #tooLarge = false;
  /** The stream from the frame that is too large on. */
  rest: AsyncGenerator<Uint8Array, void, void> | undefined;

  constructor(source: Bytes) {
    this.#source = source;
  }

  /** Each is the receiver's own. */
  async *frames(): AsyncGenerator<PooledChunk, void, void> {
    const chunks = readChunks(this.#source);
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        for (let at = 0; at < next.value.length; at += pieceSize) {
          this.#held.append(next.value.subarray(at, at + pieceSize));
          for (let frame = this.#next(); frame; frame = this.#next()) yield frame;
          if (!this.#tooLarge) continue;
          this.rest = resume([this.#held.bytes, next.value.subarray(at + pieceSize)], chunks);
          return;
        }
      }
      if (this.#held.bytes.length > 0) throw new StoreError('corrupt', 'bad zstd data: the data ends too early');
    } finally {
      if (!this.rest) {
        this.#held.release();
        await chunks.return();
      }
    }
  }

  #next(): PooledChunk | undefined {
    const { bytes } = this.#held;
    const frame = frameAt(bytes, largestFrame);
    this.#tooLarge = frame !== undefined && frame.bound > largestFrame;
    if (!frame || this.#tooLarge || frame.length > bytes.length) return undefined;
    return this.#held.shift(frame.length);
  }
}

/** Bytes that come at one end and go at the other. */
class HeldBytes {
  #buffer = pool.take();
  #start = 0;
  #end = 0;

  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) this.#makeRoom(chunk.length);
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  #makeRoom(size: number): void {
    const held = this.bytes;
    const needed = held.length + size;
    const [old, target] = [this.#buffer, needed > this.#buffer.length ? Buffer.allocUnsafeSlow(needed * 2) : this.#buffer];
    target.set(held, 0);
    this.#buffer = target;
    this.#start = 0;
    this.#end = held.length;
    if (old !== target) pool.give(old);
  }

  /** The first bytes, the receiver's own. */
  shift(size: number): PooledChunk {
    const rest = this.#end - this.#start - size;
    // Most of the time a frame is nearly all that there is: the less is copied.
    if (this.#start === 0 && rest <= Math.min(size, pool.size)) return this.#handOver(size);
    const buffer = size <= pool.size ? pool.take() : Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(buffer, 0, this.#start, this.#start + size);
    this.#start += size;
    return pooled(buffer, size);
  }

  #handOver(size: number): PooledChunk {
    const buffer = this.#buffer;
    this.#buffer = pool.take();
    buffer.copy(this.#buffer, 0, size, this.#end);
    this.#end -= size;
    return pooled(buffer, size);
  }

  release(): void {
    pool.give(this.#buffer);
  }
}

const pooled = (buffer: Buffer, size: number): PooledChunk => ({ bytes: buffer.subarray(0, size), release: () => pool.give(buffer) });

async function* readChunks(source: Bytes): AsyncGenerator<Uint8Array, void, void> {
  yield* source;
}

async function* resume(held: Uint8Array[], chunks: AsyncGenerator<Uint8Array, void, void>): AsyncGenerator<Uint8Array, void, void> {
  yield* held;
  yield* chunks;
}

function streamed(source: Bytes): AsyncIterable<Uint8Array> {
  // In the runtime from Node 22.15 on.
  return 'createZstdDecompress' in zlib ? through(owned(source), zlib.createZstdDecompress()) : inJavaScript(owned(source));
}

// A block takes four bytes or more, and becomes 128 KiB at most: a piece becomes 32 MiB at most before it is passed on.
const smallPiece = 1024;

async function* inJavaScript(source: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk.slice()));
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += smallPiece) {
      stream.push(chunk.subarray(at, at + smallPiece));
      yield* ready.splice(0);
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}
