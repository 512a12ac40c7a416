/** Writes Nix archives node by node: the structure is written in Wasm (assembly/nar-write.ts), contents of large files pass by without being copied. */
import { NarError, type WasmErrorCode } from '../errors.ts';
import type { Lease } from '../instance.ts';
import type { WasmHashes } from '../module.ts';
import { decodeText } from '../text.ts';

/** Gets the archive in pieces that are valid during the call. */
export type NarOutput = (bytes: Uint8Array) => void;

const bufferSize = 64 * 1024;
/** Contents that are shorter are collected with the structure around them. */
const collected = 4 * 1024;
const none = new Uint8Array();

/**
 * Names and targets are bytes; entries come in the order of their names' bytes; the root has an empty name. Each directory is ended by
 * `endDirectory`; a file is over when all of its contents have been given. Call `end` when the root is over, or `close` to give up.
 * Throws `NarError` for what no archive can hold.
 */
export class NarWriter {
  readonly #wasm: WasmHashes['instance'];
  readonly #emit: NarOutput;
  readonly #lease: Lease;
  readonly #context: number;
  readonly #texts: number;
  readonly #buffer: number;
  #used = 0;
  #size = 0;
  #left = 0;

  constructor({ instance }: WasmHashes, emit: NarOutput) {
    this.#wasm = instance;
    this.#emit = emit;
    this.#lease = instance.lend(this, [instance.exports.NAR_WRITE_CTX_SIZE.value, textsSize, bufferSize]);
    [this.#context, this.#texts, this.#buffer] = this.#lease.addresses as unknown as [number, number, number];
    instance.exports.narWriteInit(this.#context);
  }

  directory(name: Uint8Array): void {
    const text = this.#begin(name);
    this.#put(this.#wasm.exports.narWriteDirectory(this.#context, text, name.length, this.#out()), name);
  }

  endDirectory(): void {
    this.#begin(none);
    this.#put(this.#wasm.exports.narWriteEnd(this.#context, this.#out()), none);
  }

  /** A file of `size` bytes, which `data` gives. */
  file(name: Uint8Array, size: number, executable: boolean): void {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`a file cannot have ${size} bytes`);
    const text = this.#begin(name);
    this.#put(this.#wasm.exports.narWriteFile(this.#context, text, name.length, size, executable, this.#out()), name);
    this.#size = size;
    this.#left = size;
    if (size === 0) this.#endFile();
  }

  /** The next part of the last file's contents. */
  data(bytes: Uint8Array): void {
    if (bytes.length > this.#left)
      throw new NarError('nar-file-changed', `a file of ${this.#size} bytes is given ${bytes.length - this.#left} more`);
    if (bytes.length === 0) return;
    if (bytes.length <= collected) {
      const out = this.#out();
      this.#wasm.bytes.set(bytes, out);
      this.#used += bytes.length;
    } else {
      this.#flush();
      this.#emit(bytes);
    }
    this.#left -= bytes.length;
    if (this.#left === 0) this.#endFile();
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    const text = this.#begin(name);
    // What is longer than any target is refused for its length.
    this.#wasm.bytes.set(target.subarray(0, targetSize), text + nameSize);
    const length = Math.min(target.length, targetSize);
    this.#put(this.#wasm.exports.narWriteSymlink(this.#context, text, name.length, text + nameSize, length, this.#out()), name);
  }

  /** Gives out what is left. */
  end(): void {
    this.#begin(none);
    if (!this.#wasm.exports.narWriteDone(this.#context)) throw new Error('the archive is not complete');
    this.#flush();
    this.close();
  }

  close(): void {
    this.#lease.release();
  }

  /** Before the next node: answers where its name lies. */
  #begin(name: Uint8Array): number {
    if (!this.#lease.open) throw new Error('the archive is closed');
    if (this.#left > 0) throw new NarError('nar-file-changed', `a file of ${this.#size} bytes lacks its last ${this.#left}`);
    this.#wasm.bytes.set(name.subarray(0, nameSize), this.#texts);
    return this.#texts;
  }

  #endFile(): void {
    this.#put(this.#wasm.exports.narWriteFileEnd(this.#context, this.#size, this.#out()), none);
  }

  /** Where to write, with room for a node. */
  #out(): number {
    if (this.#used + room > bufferSize) this.#flush();
    return this.#buffer + this.#used;
  }

  #put(written: number, name: Uint8Array): void {
    if (written < 0) throw refusal(written, name);
    this.#used += written;
  }

  #flush(): void {
    const used = this.#used;
    this.#used = 0;
    if (used > 0) this.#emit(this.#wasm.bytes.subarray(this.#buffer, this.#buffer + used));
  }
}

// A byte more than a name or a target may have.
const nameSize = 256;
const targetSize = 4096;
const textsSize = nameSize + targetSize;
// assembly/nar-write.ts, NAR_WRITE_MAX; as much for small contents.
const room = 8 * 1024;

function refusal(error: number, name: Uint8Array): Error {
  const known = refusals[error];
  if (!known) return new Error('this node cannot stand here in an archive');
  return new NarError(
    known[0],
    known[1].replace('$NAME', () => decodeText(name)),
  );
}

// assembly/nar-write.ts, NarWriteError.
const refusals: Readonly<Record<number, readonly [code: WasmErrorCode, message: string]>> = {
  [-1]: ['nar-name', "file name '$NAME' cannot be in an archive"],
  [-2]: ['nar-name', "file name '$NAME' does not follow the one before in the order of bytes"],
  [-3]: ['nar-depth', "path '$NAME' exceeds maximum NAR directory depth of 64"],
  [-4]: ['nar-syntax', "the target of symlink '$NAME' is empty, longer than 4095 bytes or has a NUL"],
};
