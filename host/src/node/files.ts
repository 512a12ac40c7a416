// The machine's own file system. On the way in, bytes go from the file straight into Wasm memory.
import fs from 'node:fs';
import { decodeText, encodeText } from '@vixen/eval-core';
import { resolveSymlinks } from '../core/files/paths.ts';
import { doesNotExist, FileError, type FileStat, type FileTree, type FileType, type Room } from '../core/files/tree.ts';
import type { Journal } from './remembered/journal.ts';
import { hasErrorCode, systemErrorText } from './system-error.ts';

const escaped = /[\udc80-\udcff]/;

/** A path as the runtime wants it: a string where that is exact, its bytes otherwise. */
export const nativePath = (path: string): string | Buffer => (escaped.test(path) ? Buffer.from(encodeText(path)) : path);

// Room that is left for what a file has grown by since its size was taken; pipes and /proc say that they are empty.
const unknownSize = 64 * 1024;

function typeOf(entry: fs.Stats | fs.Dirent<string> | fs.Dirent<Buffer>): FileType {
  if (entry.isFile()) return 'regular';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

/** Whether nothing can be there. */
const isMissing = (error: unknown) => hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ENOTDIR');

function readAll(fd: number, size: number, room: Room): Uint8Array<ArrayBuffer> {
  let target = room(size > 0 ? size : unknownSize);
  let filled = 0;
  for (;;) {
    if (filled === target.length) {
      if (size > 0 && filled === size) return target;
      const larger = new Uint8Array(Math.max(target.length * 2, unknownSize));
      larger.set(target);
      target = larger;
    }
    const count = fs.readSync(fd, target, filled, target.length - filled, null);
    if (count === 0) return target.subarray(0, filled);
    filled += count;
  }
}

/** Files below a folder of the machine, whose paths are taken from there. */
export class NativeTree implements FileTree {
  readonly #root: string;
  /** Is told what was looked at. */
  protected readonly journal: Journal | undefined;

  /** `root` is '' for the machine's own root. */
  constructor(root = '', journal?: Journal) {
    this.#root = root;
    this.journal = journal;
  }

  /** Where a path of this tree lies on the machine. */
  native(path: string): string | Buffer {
    return nativePath(this.#root + path);
  }

  // Folders that were met: paths are followed step by step, over the same folders again and again, and sources do not change while a
  // program is evaluated.
  readonly #folders = new Map<string, FileStat>();

  lstat(path: string): FileStat | undefined {
    const known = this.#folders.get(path);
    if (known) return known;
    const stat = this.#stat(path, fs.lstatSync);
    this.journal?.looked(this.#root + path, stat?.type);
    if (stat?.type === 'directory') this.#folders.set(path, stat);
    return stat;
  }

  stat(path: string): FileStat | undefined {
    const stat = this.#stat(path, fs.statSync);
    this.journal?.lookedThrough(this.#root + path, stat?.type);
    return stat;
  }

  #stat(path: string, call: typeof fs.statSync): FileStat | undefined {
    try {
      const stat = call(this.native(path), { throwIfNoEntry: false });
      return stat && { type: typeOf(stat), size: stat.size, executable: (stat.mode & 0o100) !== 0 };
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.#explainLinks(path, error);
      throw new FileError('failed', `getting status of '\x0e${path}\x0f': \x0e${systemErrorText(error)}\x0f`, { cause: error });
    }
  }

  readFile(path: string, room: Room = (length) => new Uint8Array(length)): Uint8Array<ArrayBuffer> {
    let fd: number;
    try {
      fd = fs.openSync(this.native(path), 'r');
    } catch (error) {
      if (isMissing(error)) {
        this.journal?.lookedThrough(this.#root + path, undefined);
        throw doesNotExist(resolveSymlinks(this, path), error);
      }
      throw new FileError('failed', `opening file '\x0e${resolveSymlinks(this, path)}\x0f': \x0e${systemErrorText(error)}\x0f`, {
        cause: error,
      });
    }
    try {
      const stat = fs.fstatSync(fd);
      const bytes = readAll(fd, stat.size, room);
      this.journal?.read(this.#root + path, stat, bytes);
      return bytes;
    } catch (error) {
      if (hasErrorCode(error, 'EISDIR'))
        throw new FileError('failed', 'read of \x0e4096\x0f bytes: \x0eIs a directory\x0f', { cause: error });
      throw new FileError('failed', `reading file '\x0e${path}\x0f': \x0e${systemErrorText(error)}\x0f`, { cause: error });
    } finally {
      fs.closeSync(fd);
    }
  }

  readDir(path: string): [string, FileType][] {
    this.journal?.listed(this.#root + path);
    try {
      const entries = fs.readdirSync(this.native(path), { withFileTypes: true });
      const found = entries.map((entry): [string, FileType] => [entry.name, typeOf(entry)]);
      return found.some(([name]) => name.includes('\ufffd')) ? this.#readDirBytes(path) : found;
    } catch (error) {
      if (hasErrorCode(error, 'ENOENT')) throw doesNotExist(resolveSymlinks(this, path), error);
      throw new FileError('failed', `cannot read directory \x0e"${resolveSymlinks(this, path)}"\x0f: \x0e${systemErrorText(error)}\x0f`, {
        cause: error,
      });
    }
  }

  // The system follows symlinks by itself. Where it gives up, following them step by step says why in Nix's words.
  #explainLinks(path: string, error: unknown) {
    if (hasErrorCode(error, 'ELOOP')) resolveSymlinks(this, path);
  }

  // Names that are not UTF-8 come out of the runtime mangled unless it is asked for their bytes.
  #readDirBytes(path: string): [string, FileType][] {
    const entries = fs.readdirSync(this.native(path), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => [decodeText(entry.name), typeOf(entry)]);
  }

  readLink(path: string): string {
    try {
      const target = decodeText(fs.readlinkSync(this.native(path), { encoding: 'buffer' }));
      this.journal?.readLink(this.#root + path, target);
      return target;
    } catch (error) {
      if (isMissing(error)) throw doesNotExist(path, error);
      throw new FileError('failed', `reading symbolic link '\x0e${path}\x0f': \x0e${systemErrorText(error)}\x0f`, { cause: error });
    }
  }
}
