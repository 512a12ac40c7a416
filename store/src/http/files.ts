/** The files of a binary cache, wherever they lie. */
import { StoreError } from '../errors.ts';
import type { Bytes, CallOptions } from '../service.ts';

export interface Contents {
  readonly size: number;
  /** The bytes, any number of times. */
  read(): Bytes;
}

export interface CacheFiles {
  /** As the user would write it, without secrets. */
  readonly url: string;
  exists(name: string, options?: CallOptions): Promise<boolean>;
  /** A small file; undefined where it is not there. */
  text(name: string, limit: number, options?: CallOptions): Promise<string | undefined>;
  /** Streams a file; fails with `not-found`. A chunk is valid until the next is asked for. */
  read(name: string, options?: CallOptions): AsyncIterable<Uint8Array>;
  /** Writes a file, whole or not at all. */
  write(name: string, contents: Contents, type: string, options?: CallOptions): Promise<void>;
  /** The names of files at the top; undefined where the cache cannot tell. */
  names?(options?: CallOptions): AsyncIterable<string>;
  close(): Promise<void>;
}

/** Bytes that are there already. */
export const contentsOf = (bytes: string | Uint8Array): Contents => {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return { size: buffer.length, read: () => [buffer] };
};

export const noSuchFile = (name: string, url: string, cause?: unknown) =>
  new StoreError('not-found', `file '${name}' does not exist in binary cache '${url}'`, { cause });

/** Refuses names that lead out of the cache. */
export function checkFileName(name: string): string {
  const parts = name.split('/');
  if (name === '' || name.startsWith('/') || name.includes('\0'))
    throw new StoreError('invalid', `local binary cache path '${name}' must not be absolute`);
  if (parts.some((part) => part === '.' || part === '..' || part === '')) {
    throw new StoreError('invalid', `local binary cache path '${name}' must not contain '..' or '.' segments`);
  }
  return name;
}
