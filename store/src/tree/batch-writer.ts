/** Writes the files of batches. */
import type { WasmHashes } from '@vixen/wasm';
import { type FileForm, FileWriter } from './file-writer.ts';
import { PlaceReader } from './place-reader.ts';
import { recordsOf, type WriteRecord } from './write-batch.ts';

/** A file that is not written, since its blob is not where it was said to be. */
export interface LostFile {
  readonly path: Uint8Array;
  readonly executable: boolean;
  readonly digest: Uint8Array;
}

export class BatchWriter {
  readonly #files: FileWriter;
  readonly #hashes: () => WasmHashes;
  #places: PlaceReader | undefined;

  /** `hashes` is called where a batch says where blobs lie. */
  constructor(form: FileForm, umask: number, hashes: () => WasmHashes) {
    this.#files = new FileWriter(form, umask);
    this.#hashes = hashes;
  }

  /** Answers which files are not written. `places` are the files in which blobs lie. */
  write(buffer: ArrayBuffer, used: number, places: readonly string[]): LostFile[] {
    const lost: LostFile[] = [];
    for (const record of recordsOf(buffer, used)) {
      const found = this.#contentsOf(record, places);
      if (found) this.#files.write(record, found);
      else lost.push({ path: record.path.slice(), executable: record.executable, digest: record.placed!.digest.slice() });
    }
    return lost;
  }

  #contentsOf({ placed, contents }: WriteRecord, places: readonly string[]): Uint8Array | undefined {
    if (!placed) return contents;
    this.#places ??= new PlaceReader(this.#hashes());
    return this.#places.read(placed, places);
  }

  writeFile(file: LostFile, contents: Uint8Array): void {
    this.#files.write({ path: file.path, executable: file.executable, more: false }, contents);
  }

  close(): void {
    this.#files.close();
    this.#places?.close();
  }
}
