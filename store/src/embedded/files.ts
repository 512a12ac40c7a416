/**
 * The little of a file system that the store writes through, so that specs can put one in its place that forgets what was not synced
 * (testing/forgetful-files.ts). Reading goes past it. Writes block, for they go to the page cache; syncs do not.
 */
import fs from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.ts';
import { embeddedIndex, embeddedState } from './root.ts';

/** A file open for writing. */
export interface OutputFile {
  /** Writes all of the buffers, one after another, from `position` on. */
  write(buffers: readonly Uint8Array[], position: number): void;
  /** Contents and size reach the disk. */
  sync(): Promise<void>;
  close(): void;
}

export interface Files {
  /** Makes a new file; its folder has to be there. */
  create(file: string): OutputFile;
  /** Opens a file that is there, to write more. */
  open(file: string): OutputFile;
  /** With all above it that are missing. */
  makeFolder(folder: string): void;
  rename(from: string, to: string): void;
  remove(file: string): void;
  /** What was made, renamed or removed in the folder reaches the disk. */
  syncFolder(folder: string): Promise<void>;
}

/** Linux writes at most 1024 buffers at once (UIO_MAXIOV). */
const maxBuffers = 1024;

class DiskOutput implements OutputFile {
  readonly #fd: number;
  readonly #file: string;
  readonly #volatile: boolean;

  constructor(file: string, flags: string, volatile: boolean) {
    this.#file = file;
    this.#volatile = volatile;
    this.#fd = systemCall(`cannot write '${file}'`, () => fs.openSync(file, flags, 0o644));
  }

  write(buffers: readonly Uint8Array[], position: number): void {
    systemCall(`cannot write '${this.#file}'`, () => {
      let at = position;
      for (let i = 0; i < buffers.length; i += maxBuffers) {
        const part = buffers.slice(i, i + maxBuffers);
        const size = part.reduce((sum, buffer) => sum + buffer.length, 0);
        const written = fs.writevSync(this.#fd, part, at);
        if (written < size) this.#writeRest(Buffer.concat(part).subarray(written), at + written);
        at += size;
      }
    });
  }

  // A disk that fills up writes a part first; the next call says why.
  #writeRest(bytes: Uint8Array, position: number): void {
    for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
  }

  async sync(): Promise<void> {
    if (this.#volatile) return;
    await new Promise<void>((resolve, reject) => {
      fs.fdatasync(this.#fd, (error) => (error ? reject(systemError(`cannot write '${this.#file}'`, error)) : resolve()));
    });
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

/** `volatile` files are gone with the power whatever is done: nothing is synced. */
const filesOf = (volatile: boolean): Files => ({
  create: (file) => new DiskOutput(file, 'wx', volatile),
  open: (file) => new DiskOutput(file, 'r+', volatile),
  makeFolder: (folder) => {
    systemCall(`cannot make the folder '${folder}'`, () => fs.mkdirSync(folder, { recursive: true }));
  },
  rename: (from, to) => systemCall(`cannot rename '${from}' to '${to}'`, () => fs.renameSync(from, to)),
  remove: (file) => systemCall(`cannot remove '${file}'`, () => fs.rmSync(file, { force: true })),
  async syncFolder(folder) {
    if (volatile) return;
    const fd = systemCall(`cannot write '${folder}'`, () => fs.openSync(folder, 'r'));
    try {
      await new Promise<void>((resolve, reject) => {
        fs.fsync(fd, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      // Some file systems cannot sync folders, and have nothing to sync.
      if (!isSystemError(error, 'EINVAL', 'ENOTSUP', 'EISDIR')) throw systemError(`cannot write '${folder}'`, error);
    } finally {
      fs.closeSync(fd);
    }
  },
});

export const diskFiles = filesOf(false);

/** Linux's number of tmpfs (statfs(2)). */
const tmpfs = 0x01021994;

/** For what lies in a folder that is there: files in memory need no syncs. */
export function filesIn(folder: string): Files {
  const { type } = systemCall(`cannot look at '${folder}'`, () => fs.statfsSync(folder));
  return filesOf(process.platform === 'linux' && type === tmpfs);
}

export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** Runs something of `fs`; what it throws becomes an error of this room. */
export function systemCall<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw systemError(what, error);
  }
}

/** An error of the system's, or of LMDB's, as one of this room. */
export function systemError(what: string, cause: unknown): unknown {
  if (cause instanceof StoreError || !(cause instanceof Error)) return cause;
  if (isSystemError(cause, 'ENOSPC', 'EDQUOT') || /No space left|Disk quota/.test(cause.message)) {
    return new StoreError('exhausted', `${what}: no space left on the disk`, { cause });
  }
  if (isSystemError(cause, 'EACCES', 'EPERM', 'EROFS') || /Permission denied|Read-only file system/.test(cause.message)) {
    return new StoreError('forbidden', `${what}: permission denied`, { cause });
  }
  if (isSystemError(cause, 'ENOENT')) return new StoreError('not-found', `${what}: there is no such file`, { cause });
  return new StoreError('io', `${what}: ${cause.message}`, { cause });
}

/** Where the parts of a store lie. */
export class StoreLayout {
  readonly root: string;
  readonly state: string;
  /** Blobs are asked for pack by pack. */
  #lastPack: { readonly id: number; readonly file: string } | undefined;

  constructor(root: string) {
    this.root = root;
    this.state = embeddedState(root);
  }

  /** The folder of checkouts. */
  get checkouts(): string {
    return path.join(this.root || '/', 'nix/store');
  }
  get gcRoots(): string {
    return path.join(this.root || '/', 'nix/var/nix/gcroots');
  }
  get profiles(): string {
    return path.join(this.root || '/', 'nix/var/nix/profiles');
  }
  get index(): string {
    return embeddedIndex(this.root);
  }
  get packs(): string {
    return path.join(this.state, 'packs');
  }
  get blobs(): string {
    return path.join(this.state, 'blobs');
  }
  /** Files that are being written. */
  get temporary(): string {
    return path.join(this.state, 'tmp');
  }
  get logs(): string {
    return path.join(this.state, 'logs');
  }

  pack(id: number): string {
    if (this.#lastPack?.id !== id) this.#lastPack = { id, file: path.join(this.packs, id.toString(16).padStart(8, '0')) };
    return this.#lastPack.file;
  }
  /** A whole-file blob. */
  blob(digest: string, serial: number, executable: boolean): string {
    return path.join(this.blobs, digest.slice(0, 2), `${digest}.${serial.toString(16)}${executable ? '.x' : ''}`);
  }
}
