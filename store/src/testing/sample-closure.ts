/** Closures for specs and benchmarks: paths with archives and references, made from a number, so that every run has the same. */
import { createCipheriv, createHash } from 'node:crypto';
import { type NarFs, type NarStat, narDump, StoreDir } from '@vixen/wasm';
import { formatContentAddress } from '../formats/content-address.ts';
import { sha256 } from '../formats/hash.ts';
import { nativeHashers } from '../hashing.ts';
import type { PathInfo } from '../path-info.ts';

export interface SamplePath {
  readonly info: PathInfo;
  /** The archive; a chunk is valid until the next is asked for. */
  nar(): Iterable<Uint8Array>;
}

export interface SampleOptions {
  readonly paths: number;
  /** Bytes of a path's files, about. */
  readonly size: number;
  readonly files?: number;
  /** References of a path to those before it. */
  readonly references?: number;
  /** Makes closures differ. */
  readonly seed?: string;
}

/** Paths that refer to some of those before them; the last one to all that nothing refers to (with `references: 0` none refers to any). They are content-addressed, so Nix needs no signatures. */
export function sampleClosure({ paths, size, files = 4, references = 3, seed = '' }: SampleOptions): SamplePath[] {
  const made: SamplePath[] = [];
  const lonely = new Set<string>();
  for (let i = 0; i < paths; i++) {
    const number = (n: number) => createHash('sha256').update(`${seed}${i}.${n}`).digest().readUInt32LE(0);
    const some = made.length === 0 ? [] : Array.from({ length: references }, (_, n) => made[number(n) % made.length]!.info.path);
    const refersTo = [...new Set(i === paths - 1 && references > 0 ? [...some, ...lonely] : some)].sort();
    for (const path of refersTo) lonely.delete(path);
    const path = samplePath(`sample-${i}`, treeOf(`${seed}${i}`, size, files, refersTo), refersTo);
    lonely.add(path.info.path);
    made.push(path);
  }
  return made;
}

/** A path with these files (by name) in a folder. */
export function samplePath(name: string, files: ReadonlyMap<string, Buffer>, references: readonly string[] = []): SamplePath {
  const fs = new FolderFs(files);
  const nar = () => narDump(fs, '/');
  const hasher = createHash('sha256');
  let narSize = 0;
  for (const chunk of nar()) {
    hasher.update(chunk);
    narSize += chunk.length;
  }
  const hash = sha256(new Uint8Array(hasher.digest()));
  const path = new StoreDir(nativeHashers).makeFixedOutputPath(name, { method: 'nar', hash, references });
  const info: PathInfo = {
    path,
    narHash: hash.digest,
    narSize,
    references: [...references].sort(),
    signatures: [],
    ca: formatContentAddress({ method: 'nar', hash }),
  };
  return { info, nar };
}

function treeOf(seed: string, size: number, count: number, references: readonly string[]): Map<string, Buffer> {
  const files = new Map<string, Buffer>([['references', Buffer.from(references.join('\n'))]]);
  for (let n = 0; n < count; n++) files.set(`file-${n}`, contents(`${seed}/${n}`, Math.floor(size / count)));
  return files;
}

/** Half of it text that repeats itself, half of it noise, a quarter of which is the same in all. */
function contents(seed: string, size: number): Buffer {
  const bytes = noise(seed, size);
  const common = noise('common', blockSize);
  for (let at = 0, block = 0; at < size; at += blockSize, block++) {
    if (block % 2 === 0) text.copy(bytes, at, (block * 32) % blockSize, ((block * 32) % blockSize) + blockSize);
    else if (block % 8 === 1) common.copy(bytes, at);
  }
  bytes.write(seed);
  return bytes;
}

const blockSize = 16 * 1024;

function noise(seed: string, size: number): Buffer {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

const text = Buffer.concat(
  Array.from({ length: blockSize / 16 }, (_, i) => Buffer.from(`line ${(i * i) % 1009} of a text, ${i % 7}\n`.padEnd(32, '.'))),
);

class FolderFs implements NarFs {
  readonly #files: ReadonlyMap<string, Buffer>;

  constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  lstat(path: string): NarStat {
    if (path === '/') return { type: 'directory' };
    return { type: 'regular', executable: path.endsWith('0'), size: this.#file(path).length };
  }

  readDirectory(): string[] {
    return [...this.#files.keys()];
  }

  open(path: string) {
    const bytes = this.#file(path);
    let at = 0;
    return {
      read: (into: Uint8Array) => {
        const part = bytes.subarray(at, at + into.length);
        into.set(part);
        at += part.length;
        return part.length;
      },
      close: () => {},
    };
  }

  readLink(): string {
    throw new Error('there are no links');
  }

  #file(path: string): Buffer {
    return this.#files.get(path.replace(/^\/+/, ''))!;
  }
}
