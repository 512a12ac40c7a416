/** Compressions by the names that narinfos have for them. */
import { availableParallelism } from 'node:os';
import zlib from 'node:zlib';
import { StoreError } from '../errors.ts';
import type { Bytes } from '../service.ts';
import { collect, owned, through } from './bytes.ts';
import { type Sums, withSums } from './sums.ts';

export const compressions = ['none', 'xz', 'zstd', 'bzip2', 'gzip', 'br'] as const;

export type Compression = (typeof compressions)[number];

export interface CompressOptions {
  readonly level?: number | undefined;
  /** How many pieces may be worked on at once, where a format has pieces. */
  readonly ahead: number;
  /** Where SHA-256 of the source and of the result are told at the end. */
  readonly sums?: Sums | undefined;
}

export interface DecompressOptions {
  readonly ahead: number;
  readonly sums?: Sums | undefined;
}

// What Nix appends to `.nar`.
const extensions: Readonly<Record<Compression, string>> = { none: '', xz: '.xz', zstd: '.zst', bzip2: '.bz2', gzip: '', br: '.br' };

export const narExtension = (compression: Compression): string => `.nar${extensions[compression]}`;

/** Reads the name of a compression. */
export function parseCompression(name: string): Compression {
  const known = compressions.find((one) => one === name);
  if (known) return known;
  if (name === '') return 'none';
  if (name === 'brotli') return 'br';
  throw new StoreError('unsupported', `unknown compression method '${name}'; known are ${compressions.join(', ')}`);
}

/** The threads that a parallel compressor may use. */
export const allThreads = (): number => availableParallelism();

/** Compresses. Chunks of the source may be used again by who makes them. */
export async function* compress(compression: Compression, source: Bytes, options: CompressOptions): AsyncGenerator<Uint8Array, void, void> {
  if (compression === 'zstd') yield* (await import('./zstd.ts')).compressZstd(source, options);
  else yield* withSums(options.sums, source, (bytes) => encoderOf(compression, bytes, options));
}

async function* encoderOf(
  compression: Exclude<Compression, 'zstd'>,
  source: Bytes,
  options: CompressOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const { level } = options;
  switch (compression) {
    case 'none':
      yield* source;
      return;
    case 'xz':
      yield* (await import('./xz.ts')).compressXz(source, options);
      return;
    case 'gzip':
      yield* through(owned(source), zlib.createGzip(level === undefined ? {} : { level }));
      return;
    case 'br':
      yield* through(
        owned(source),
        zlib.createBrotliCompress({ params: { [zlib.constants.BROTLI_PARAM_QUALITY]: level ?? defaultQuality } }),
      );
      return;
    case 'bzip2':
      throw new StoreError('unsupported', 'archives cannot be compressed with bzip2, only read; use xz or zstd');
  }
}

// Brotli's own default is 11, which is 50 times slower.
const defaultQuality = 6;

/**
 * Decompresses. What the source throws comes through, what is damaged fails with `corrupt`. Chunks, of the source and of the result, are valid
 * until the next is asked for. Output is not limited: who reads has to stop when it is more than he wants; no more than some 64 MiB are made ahead.
 */
export async function* decompress(
  compression: Compression,
  source: Bytes,
  options: DecompressOptions = { ahead: 2 },
): AsyncGenerator<Uint8Array, void, void> {
  if (compression === 'none') {
    yield* withSums(options.sums, source, async function* (bytes) {
      yield* bytes;
    });
    return;
  }
  const failed: unknown[] = [];
  try {
    if (compression === 'zstd') yield* (await import('./zstd.ts')).decompressZstd(noting(source, failed), options);
    else yield* withSums(options.sums, noting(source, failed), (bytes) => decoderOf(compression, bytes));
  } catch (cause) {
    if (failed.length > 0) throw failed[0];
    throw damaged(compression, cause);
  }
}

async function* noting(source: Bytes, failed: unknown[]): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* source;
  } catch (error) {
    failed.push(error);
    throw error;
  }
}

function damaged(compression: Compression, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  return new StoreError('corrupt', `bad ${compression} data: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}

async function* decoderOf(compression: Exclude<Compression, 'none' | 'zstd'>, source: Bytes): AsyncGenerator<Uint8Array, void, void> {
  switch (compression) {
    case 'xz':
      yield* (await import('./xz.ts')).decompressXz(source);
      return;
    case 'gzip':
      yield* through(owned(source), zlib.createGunzip());
      return;
    case 'br':
      yield* through(owned(source), zlib.createBrotliDecompress());
      return;
    case 'bzip2': {
      const { bunzip2 } = await import('./bzip2.ts');
      yield* bunzip2((await collect(source))!);
      return;
    }
  }
}
