/** Writes files that must not be there yet, and symlinks are never followed. */
import fs from 'node:fs';
import { StoreError } from '../errors.ts';
import { fileError } from './file-errors.ts';
import { type FilePath, native, pathOf } from './paths.ts';
import type { WriteRecord } from './write-batch.ts';

/** `as-given`: as `nix-store --restore` leaves files. `canonical`: as they stand in the store, read-only and with the time 1 s after the epoch. */
export type FileForm = 'as-given' | 'canonical';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = fs.constants;
const createFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
/** Seconds since the epoch: the time of everything in the store. */
export const canonicalTime = 1;
export const canonicalMode = (executable: boolean): number => (executable ? 0o555 : 0o444);

const modeOf = (form: FileForm, executable: boolean): number =>
  form === 'canonical' ? canonicalMode(executable) : executable ? 0o777 : 0o666;

export class FileWriter {
  readonly #form: FileForm;
  readonly #umask: number;
  #open: { readonly fd: number; readonly path: FilePath; readonly mode: number } | undefined;

  /** `umask` is the process's, which a canonical mode must not depend on. */
  constructor(form: FileForm, umask: number) {
    this.#form = form;
    this.#umask = umask;
  }

  /** Writes one record; a file whose contents are to follow stays open. */
  write({ path, executable, more }: Pick<WriteRecord, 'path' | 'executable' | 'more'>, contents: Uint8Array): void {
    if (path.length > 0) this.#create(pathOf(path), modeOf(this.#form, executable));
    this.#append(contents);
    if (!more) this.#finish();
  }

  close(): void {
    if (this.#open) fs.closeSync(this.#open.fd);
    this.#open = undefined;
  }

  #create(path: FilePath, mode: number): void {
    try {
      this.#open = { fd: fs.openSync(native(path), createFlags, mode), path, mode };
    } catch (error) {
      throw fileError('creating file', path, error);
    }
  }

  #append(contents: Uint8Array): void {
    const { fd, path } = this.#file();
    try {
      for (let at = 0; at < contents.length; ) at += fs.writeSync(fd, contents, at);
    } catch (error) {
      throw fileError('writing to file', path, error);
    }
  }

  #finish(): void {
    const { fd, path, mode } = this.#file();
    try {
      if (this.#form === 'canonical') {
        if (mode & this.#umask) fs.fchmodSync(fd, mode);
        fs.futimesSync(fd, canonicalTime, canonicalTime);
      }
    } catch (error) {
      throw fileError('changing the attributes of file', path, error);
    } finally {
      this.close();
    }
  }

  #file() {
    if (!this.#open) throw new StoreError('io', 'contents of a file that was not begun');
    return this.#open;
  }
}
