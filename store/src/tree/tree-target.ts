/** A tree that is being written, in the order of archives. It must not be there before, and is removed again where that fails. */
import fs from 'node:fs';
import { decodeText } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import { fileError, systemCode } from './file-errors.ts';
import { canonicalTime, type FileForm } from './file-writer.ts';
import { bytesOf, type FilePath, native, pathOf } from './paths.ts';
import { removeTree } from './remove.ts';
import type { BlobPlace } from './write-batch.ts';
import { type WriterOptions, WriterPool } from './writer-pool.ts';

export interface TargetOptions extends WriterOptions {
  /** `as-given` unless told. */
  readonly form?: FileForm;
}

/** Bytes of the longest path that the system takes (Linux: PATH_MAX). */
const maxPath = 4095;
const slash = 0x2f;

export class TreeTarget {
  readonly #root: FilePath;
  readonly #form: FileForm;
  readonly #pool: WriterPool;
  readonly #path = new Uint8Array(maxPath + 1);
  /** Where the paths of the open directories end. */
  readonly #ends: number[] = [];
  /** Directories in the order in which they were ended: inner ones first. */
  readonly #ended: FilePath[] = [];
  #made = false;

  constructor(root: FilePath, options: TargetOptions) {
    this.#root = root;
    this.#form = options.form ?? 'as-given';
    this.#pool = new WriterPool(this.#form, options);
    const bytes = bytesOf(root);
    if (bytes.length > maxPath) throw tooLong(bytes);
    this.#path.set(bytes);
    this.#ends.push(bytes.length);
  }

  /** Names are empty for the root. */
  directory(name: Uint8Array): void {
    const bytes = this.#at(name);
    const path = pathOf(bytes.slice());
    try {
      fs.mkdirSync(native(path));
    } catch (error) {
      throw fileError('creating directory', path, error);
    }
    this.#made = true;
    this.#ends.push(bytes.length);
  }

  endDirectory(): void {
    const end = this.#ends.pop()!;
    if (this.#form === 'canonical') this.#ended.push(pathOf(this.#path.slice(0, end)));
  }

  /** Begins a file, which its contents follow. */
  file(name: Uint8Array, executable: boolean): void {
    this.#pool.file(this.#at(name), executable);
  }

  /** The same for a path that `place` gave, of a directory that may have ended. */
  fileAt(path: Uint8Array, executable: boolean): void {
    this.#pool.file(path, executable);
  }

  /** All contents of the file that was begun last: where they lie. Needs `findBlob`. */
  placed(digest: Uint8Array, place: BlobPlace): void {
    this.#pool.placed(digest, place);
  }

  place(name: Uint8Array): Uint8Array {
    return this.#at(name).slice();
  }

  contents(bytes: Uint8Array): void {
    this.#pool.contents(bytes);
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    const path = pathOf(this.#at(name).slice());
    try {
      fs.symlinkSync(native(pathOf(target.slice())), native(path));
      this.#made = true;
      if (this.#form === 'canonical') fs.lutimesSync(native(path), canonicalTime, canonicalTime);
    } catch (error) {
      throw fileError(`creating symlink to '${decodeText(target)}' at`, path, error);
    }
  }

  /** Makes a file by a hard link; answers whether the system lets us. */
  link(name: Uint8Array, existing: FilePath): boolean {
    try {
      fs.linkSync(native(existing), native(pathOf(this.#at(name).slice())));
      this.#made = true;
      return true;
    } catch (error) {
      if (systemCode(error) === 'EEXIST') throw fileError('creating file', pathOf(this.#at(name).slice()), error);
      return false;
    }
  }

  /** Whether something has to be written before there is room. */
  get isFull(): boolean {
    return this.#pool.isFull;
  }

  /** Waits until more is welcome. */
  drain(): Promise<void> {
    return this.#pool.drain();
  }

  async finish(): Promise<void> {
    await this.#pool.finish();
    for (const path of this.#ended) makeCanonical(path);
  }

  /** Removes what has been made, after an error. */
  async abandon(error: unknown): Promise<void> {
    await this.#pool.abandon();
    const wasThere = error instanceof StoreError && systemCode(error.cause) === 'EEXIST';
    if (this.#made || !wasThere) removeTree(this.#root);
  }

  /** The bytes of a path in the open directory, until the next is asked for. */
  #at(name: Uint8Array): Uint8Array {
    const end = this.#ends[this.#ends.length - 1]!;
    if (name.length === 0) return this.#path.subarray(0, end);
    if (end + 1 + name.length > maxPath) throw tooLong(name);
    this.#path[end] = slash;
    this.#path.set(name, end + 1);
    return this.#path.subarray(0, end + 1 + name.length);
  }
}

const tooLong = (name: Uint8Array) => new StoreError('invalid', `creating '${decodeText(name)}': File name too long`);

function makeCanonical(path: FilePath): void {
  try {
    fs.chmodSync(native(path), 0o555);
    fs.utimesSync(native(path), canonicalTime, canonicalTime);
  } catch (error) {
    throw fileError('changing the attributes of directory', path, error);
  }
}
