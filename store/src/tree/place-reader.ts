/** Reads blobs from where they lie in files of this machine, and verifies them. */
import fs from 'node:fs';
import type { WasmHashes } from '@vixen/wasm';
import { equalBytes } from '../castore/bytes.ts';
import type { PlacedBlob } from './write-batch.ts';

/** Files that are open at once. */
const maxOpen = 16;

export class PlaceReader {
  readonly #hashes: WasmHashes;
  readonly #open = new Map<number, number>();
  #room = new Uint8Array(64 * 1024);

  constructor(hashes: WasmHashes) {
    this.#hashes = hashes;
  }

  /** The contents, of a file among `files`; valid until the next are read; undefined where they are not there any more, or damaged. */
  read(blob: PlacedBlob, files: readonly string[]): Uint8Array | undefined {
    const bytes = this.#bytesAt(blob, files);
    return bytes && equalBytes(this.#hashes.hash('blake3', bytes), blob.digest) ? bytes : undefined;
  }

  #bytesAt({ file, offset, size }: PlacedBlob, files: readonly string[]): Uint8Array | undefined {
    if (this.#room.length < size) this.#room = new Uint8Array(size);
    try {
      const fd = this.#descriptor(file, files);
      for (let done = 0; done < size; ) {
        const count = fs.readSync(fd, this.#room, done, size - done, offset + done);
        if (count === 0) return undefined;
        done += count;
      }
      return this.#room.subarray(0, size);
    } catch {
      // Whoever owns the file knows what that means: the blob is asked for there.
      return undefined;
    }
  }

  #descriptor(file: number, files: readonly string[]): number {
    const known = this.#open.get(file);
    if (known !== undefined) return known;
    if (this.#open.size >= maxOpen) this.close();
    const fd = fs.openSync(files[file]!, 'r');
    this.#open.set(file, fd);
    return fd;
  }

  close(): void {
    for (const fd of this.#open.values()) fs.closeSync(fd);
    this.#open.clear();
  }
}
