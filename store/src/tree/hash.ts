/** Hashes of file trees and of files. */
import fs from 'node:fs';
import type { HashAlgo, HasherFactory } from '@vixen/wasm';
import type { CallOptions } from '../service.ts';
import { Breather } from './breather.ts';
import { dumpTree, type TreeOptions } from './dump.ts';
import { fileError } from './file-errors.ts';
import { type FilePath, native } from './paths.ts';

export interface TreeHash {
  readonly digest: Uint8Array;
  /** Bytes that were hashed. */
  readonly size: number;
}

/** The hash of the archive of what lies at `path`, as `nix-hash --type` and `nix hash path`. */
export async function hashTree(path: FilePath, algo: HashAlgo, hashers: HasherFactory, options: TreeOptions = {}): Promise<TreeHash> {
  const hasher = hashers(algo);
  let size = 0;
  for await (const chunk of dumpTree(path, options)) {
    hasher.update(chunk);
    size += chunk.length;
  }
  return { digest: hasher.digest(), size };
}

const chunkSize = 256 * 1024;

/** The hash of a file's contents, as `nix-hash --flat` and `nix hash file`. Symlinks are followed, and pipes are read to their end. */
export async function hashFile(path: FilePath, algo: HashAlgo, hashers: HasherFactory, options: CallOptions = {}): Promise<TreeHash> {
  const hasher = hashers(algo);
  const breather = new Breather(options);
  const fd = openForReading(path);
  try {
    const buffer = new Uint8Array(chunkSize);
    let size = 0;
    for (let count = readPart(fd, path, buffer); count > 0; count = readPart(fd, path, buffer)) {
      hasher.update(buffer.subarray(0, count));
      size += count;
      await breather.breathe();
    }
    return { digest: hasher.digest(), size };
  } finally {
    fs.closeSync(fd);
  }
}

function openForReading(path: FilePath): number {
  try {
    return fs.openSync(native(path), 'r');
  } catch (error) {
    throw fileError('opening file', path, error);
  }
}

function readPart(fd: number, path: FilePath, into: Uint8Array): number {
  try {
    return fs.readSync(fd, into);
  } catch (error) {
    throw fileError('reading from file', path, error);
  }
}
