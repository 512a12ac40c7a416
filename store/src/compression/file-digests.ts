/** BLAKE3 of the files in an archive, computed by the thread that decompresses it. */
import { type Hasher, NarParser, type WasmHashes } from '@vixen/wasm';

/** Bytes of a digest. */
export const digestSize = 32;

/** Digests in the archive's order. Each is there before the last bytes of its file are given. */
export class FileDigests {
  readonly #waiting: Uint8Array[] = [];

  /** Takes digests in that lie one after another. */
  push(digests: Uint8Array): void {
    for (let at = 0; at < digests.length; at += digestSize) this.#waiting.push(digests.subarray(at, at + digestSize));
  }

  next(): Uint8Array {
    const digest = this.#waiting.shift();
    if (!digest) throw new Error('the digest of a file is not known');
    return digest;
  }
}

/** Hashes the files of an archive while its bytes pass. What is no archive is not refused here: who reads it does that. */
export class FileHasher {
  readonly #hashes: WasmHashes;
  readonly #parser: NarParser;
  #bad = false;
  #digests: Uint8Array[] = [];
  #left = 0;
  /** Of a file whose contents come in parts. */
  #parts: Hasher | undefined;
  #digest: Uint8Array | undefined;

  constructor(hashes: WasmHashes) {
    this.#hashes = hashes;
    this.#parser = new NarParser(hashes, {
      directory: () => {},
      endDirectory: () => {},
      symlink: () => {},
      file: (_, size) => this.#file(size),
      data: (bytes) => this.#data(bytes),
      endFile: () => this.#digests.push(this.#digest!),
    });
  }

  /** Answers the digests of files that ended. */
  update(bytes: Uint8Array): Uint8Array {
    try {
      if (!this.#bad) this.#bad = this.#parser.write(bytes) < bytes.length;
    } catch {
      this.#bad = true;
    }
    // In memory of its own: all of that goes to another thread.
    const digests = new Uint8Array(Buffer.concat(this.#digests));
    this.#digests = [];
    return digests;
  }

  close(): void {
    this.#parser.close();
    // It gives its memory back.
    this.#parts?.digest();
    this.#parts = undefined;
  }

  #file(size: number): void {
    this.#left = size;
    if (size === 0) this.#digest = this.#hashes.hash('blake3', new Uint8Array());
  }

  #data(bytes: Uint8Array): void {
    if (bytes.length === this.#left && !this.#parts) this.#digest = this.#hashes.hash('blake3', bytes);
    else this.#part(bytes);
    this.#left -= bytes.length;
  }

  #part(bytes: Uint8Array): void {
    this.#parts ??= this.#hashes.createHasher('blake3');
    this.#parts.update(bytes);
    if (bytes.length < this.#left) return;
    this.#digest = this.#parts.digest();
    this.#parts = undefined;
  }
}
