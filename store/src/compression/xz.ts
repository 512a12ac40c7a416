/** xz. Whole small files are decoded by native code in the thread pool, which is parallel; others by a streaming decoder in WebAssembly. */
import { Readable } from 'node:stream';
import { StoreError } from '../errors.ts';
import type { Bytes } from '../service.ts';
import { owned, through } from './bytes.ts';
import type { CompressOptions } from './index.ts';
import { xzDecoderNative, xzEncoderNative } from './native.ts';
import { xzSize } from './xz-size.ts';

const defaultPreset = 6;
/** Compressed, and not: more is decoded in a stream. */
const largestFile = 32 * 1024 * 1024;
const largestOutput = 64 * 1024 * 1024;

export async function* compressXz(source: Bytes, { level, ahead }: CompressOptions): AsyncGenerator<Uint8Array, void, void> {
  const native = await xzEncoderNative();
  if (!native) throw new StoreError('unsupported', 'this platform has no xz compressor; use compression=zstd');
  yield* through(owned(source), native.createCompressor({ preset: level ?? defaultPreset, threads: ahead }));
}

export async function* decompressXz(source: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const native = await xzDecoderNative();
  if (!native) {
    yield* streamed(owned(source));
    return;
  }
  const start = new StartOfFile(source);
  const file = await start.read();
  const size = file && xzSize(file);
  if (file && size !== undefined && size <= largestOutput) yield await native.xz.decompress(file);
  else yield* streamed(start.whole());
}

/** Reads a file into memory as far as it is small, and gives it as a stream where it is not. */
class StartOfFile {
  readonly #chunks: Uint8Array[] = [];
  readonly #rest: AsyncGenerator<Uint8Array, void, void>;

  constructor(source: Bytes) {
    this.#rest = owned(source);
  }

  /** The whole file; undefined where it is large. */
  async read(): Promise<Buffer | undefined> {
    let size = 0;
    for (let next = await this.#rest.next(); !next.done; next = await this.#rest.next()) {
      this.#chunks.push(next.value);
      size += next.value.length;
      if (size > largestFile) return undefined;
    }
    return Buffer.concat(this.#chunks, size);
  }

  async *whole(): AsyncGenerator<Uint8Array, void, void> {
    try {
      yield* this.#chunks;
      yield* this.#rest;
    } finally {
      await this.#rest.return();
    }
  }
}

async function* streamed(source: Bytes): AsyncGenerator<Uint8Array, void, void> {
  const module = await import('xz-decompress');
  // A CommonJS package: bundled, its exports are all below `default`.
  const { XzReadableStream } = 'default' in module ? (module.default as typeof module) : module;
  const reader = new XzReadableStream(Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
