/** A blob that is coming in: in memory while it is not large, then in a file without a name. */
import fs from 'node:fs';
import type { Hasher } from '@vixen/wasm';
import { blake3, wasmHashes } from '../wasm.ts';
import { type Files, type OutputFile, systemCall } from './files.ts';

/** What is held in memory, so that what is there already is not written. */
const heldBytes = 1024 * 1024;
const sparesKept = 4;
/** New memory costs more than what is copied into it. */
const spares: Uint8Array[] = [];

export interface IncomingOptions {
  /** Whether somebody else computes the digest. */
  readonly hashed: boolean;
  /** All of it, where it is at hand. */
  readonly contents?: Uint8Array;
}

export class IncomingBlob {
  readonly #files: Files;
  readonly #name: string;
  readonly #hashed: boolean;
  #whole: Uint8Array | undefined;
  #held: Uint8Array | undefined;
  #hasher: Hasher | undefined;
  #size = 0;
  #file: OutputFile | undefined;
  #named = false;

  /** `name` is where it lies as a file until it is kept. */
  constructor(files: Files, name: string, { hashed, contents }: IncomingOptions) {
    this.#files = files;
    this.#name = name;
    this.#hashed = hashed;
    this.#whole = contents;
    this.#size = contents?.length ?? 0;
  }

  get size(): number {
    return this.#size;
  }

  write(chunk: Uint8Array): void {
    if (!this.#file && this.#size + chunk.length <= heldBytes) {
      this.#held ??= spares.pop() ?? new Uint8Array(heldBytes);
      this.#held.set(chunk, this.#size);
    } else {
      if (!this.#hashed) this.#hasher ??= wasmHashes().createHasher('blake3').update(this.contents());
      this.toFile();
      this.#hasher?.update(chunk);
      this.#file!.write([chunk], this.#size);
    }
    this.#size += chunk.length;
  }

  /** Writes what is held into its file. */
  toFile(): void {
    if (this.#file) return;
    const held = this.contents();
    this.#file = this.#files.create(this.#name);
    if (held.length > 0) this.#file.write([held], 0);
    this.#release();
  }

  /** All of it, while it is held: valid until `toFile` or `discard`. */
  contents(): Uint8Array {
    return this.#whole ?? this.#held?.subarray(0, this.#size) ?? new Uint8Array();
  }

  /** When all has come; once. */
  digest(): Uint8Array {
    const digest = this.#hasher?.digest() ?? blake3(this.contents());
    this.#hasher = undefined;
    return digest;
  }

  /** The contents reach the disk, read-only and with the time that everything in a store has. */
  async sync(executable: boolean): Promise<void> {
    systemCall(`cannot change '${this.#name}'`, () => {
      fs.chmodSync(this.#name, executable ? 0o555 : 0o444);
      fs.utimesSync(this.#name, 1, 1);
    });
    await this.#file!.sync();
  }

  rename(to: string): void {
    this.#files.rename(this.#name, to);
    this.#named = true;
  }

  discard(): void {
    this.#release();
    // Its digest is of no use, but gives its memory back.
    this.#hasher?.digest();
    this.#hasher = undefined;
    if (!this.#file) return;
    this.#file.close();
    if (!this.#named) this.#files.remove(this.#name);
    this.#file = undefined;
  }

  #release(): void {
    if (this.#held && spares.length < sparesKept) spares.push(this.#held);
    this.#held = undefined;
    this.#whole = undefined;
  }
}
