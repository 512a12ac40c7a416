// Files that are in memory alone: what a page in a browser evaluates, and tests.
import { encodeText, joinBytes } from '@vixen/eval-core';
import { baseName, joinPath, normalPath, parentPath, resolveSymlinks } from './paths.ts';
import { doesNotExist, FileError, type FileStat, type FileTree, type FileType, type Room } from './tree.ts';

interface MemoryFile {
  type: 'regular';
  bytes: Uint8Array<ArrayBuffer>;
  executable: boolean;
}
interface MemoryLink {
  type: 'symlink';
  target: string;
}
interface MemoryFolder {
  type: 'directory';
  names: Map<string, FileType>;
}
type Entry = MemoryFile | MemoryLink | MemoryFolder;

export class MemoryTree implements FileTree {
  readonly #entries = new Map<string, Entry>([['/', { type: 'directory', names: new Map() }]]);

  /** The texts of files by their absolute paths; folders come into being with what is in them. */
  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, contents] of Object.entries(files)) this.write(path, contents);
  }

  write(path: string, contents: string | Uint8Array, { executable = false } = {}) {
    const bytes = typeof contents === 'string' ? encodeText(contents) : joinBytes([contents]);
    this.#put(normalPath(path), { type: 'regular', bytes, executable });
  }

  writeLink(path: string, target: string) {
    this.#put(normalPath(path), { type: 'symlink', target });
  }

  writeFolder(path: string) {
    const folder = normalPath(path);
    if (this.#entries.get(folder)?.type !== 'directory') this.#put(folder, { type: 'directory', names: new Map() });
  }

  #put(path: string, entry: Entry) {
    if (path === '/') throw new FileError('failed', "'/' is a folder");
    const parent = parentPath(path);
    this.writeFolder(parent);
    (this.#entries.get(parent) as MemoryFolder).names.set(baseName(path), entry.type);
    this.#entries.set(path, entry);
  }

  /** Copies a tree, of what is below it only what `accept` takes. */
  copy(from: string, to: string, accept: (path: string) => boolean = () => true) {
    this.graft(this, from, to, accept);
  }

  /** Copies from another tree; the bytes of files are shared. */
  graft(tree: MemoryTree, from: string, to: string, accept: (path: string) => boolean = () => true) {
    const entry = tree.#found(from);
    if (entry.type !== 'directory') return this.#put(to, entry);
    this.writeFolder(to);
    for (const name of [...entry.names.keys()]) {
      const child = joinPath(from, name);
      if (accept(child)) this.graft(tree, child, joinPath(to, name), accept);
    }
  }

  #found(path: string): Entry {
    const entry = this.#entries.get(path);
    if (!entry) throw doesNotExist(path);
    return entry;
  }

  // The entries alone: what resolves symlinks asks for one folder after the other, each without symlinks on its way.
  readonly #plain = {
    lstat: (path: string): FileStat | undefined => {
      const entry = this.#entries.get(path);
      if (!entry) return undefined;
      const isFile = entry.type === 'regular';
      return { type: entry.type, size: isFile ? entry.bytes.length : 0, executable: isFile && entry.executable };
    },
    readLink: (path: string): string => {
      const entry = this.#found(path);
      if (entry.type !== 'symlink') throw new FileError('failed', `reading symbolic link '\x0e${path}\x0f': Invalid argument`);
      return entry.target;
    },
  };

  #resolved(path: string, mode: 'full' | 'parents' = 'full'): string {
    return resolveSymlinks(this.#plain, path, mode);
  }

  lstat(path: string): FileStat | undefined {
    return this.#plain.lstat(this.#resolved(path, 'parents'));
  }

  stat(path: string): FileStat | undefined {
    return this.#plain.lstat(this.#resolved(path));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    const entry = this.#found(this.#resolved(path));
    if (entry.type !== 'regular') throw new FileError('failed', 'read of \x0e4096\x0f bytes: \x0eIs a directory\x0f');
    if (!room) return entry.bytes;
    const into = room(entry.bytes.length);
    into.set(entry.bytes);
    return into;
  }

  readDir(path: string): [name: string, type: FileType][] {
    const resolved = this.#resolved(path);
    const entry = this.#found(resolved);
    if (entry.type !== 'directory') throw new FileError('failed', `cannot read directory \x0e"${resolved}"\x0f: \x0eNot a directory\x0f`);
    return [...entry.names];
  }

  readLink(path: string): string {
    return this.#plain.readLink(this.#resolved(path, 'parents'));
  }
}
