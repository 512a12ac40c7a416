// A tree that is seen below a folder, as a file system is that is mounted there.
import { baseName, isWithin, joinPath, parentPath } from './paths.ts';
import { doesNotExist, FileError, type FileStat, type FileTree, type FileType, type Room } from './tree.ts';

const folderStat: FileStat = { type: 'directory', size: 0, executable: false };

/** The folder's ancestors are there, and hold nothing else. Symlinks of the tree must stay inside of it. */
export class MountedTree implements FileTree {
  readonly #folder: string;
  readonly #tree: FileTree;
  /** What each folder above holds. */
  readonly #above = new Map<string, string>();

  /** `folder` is a normal path other than `/`. */
  constructor(folder: string, tree: FileTree) {
    this.#folder = folder;
    this.#tree = tree;
    for (let path = folder; path !== '/'; path = parentPath(path)) this.#above.set(parentPath(path), baseName(path));
  }

  /** The path in the tree; undefined for one that is not below the folder. */
  #inner(path: string): string | undefined {
    if (!isWithin(path, this.#folder)) return undefined;
    return path === this.#folder ? '/' : path.slice(this.#folder.length);
  }

  /** What the tree says of a path, whose name in errors is the outer one. */
  #ask<T>(path: string, question: (inner: string) => T): T {
    const inner = this.#inner(path);
    if (inner === undefined) throw doesNotExist(path);
    try {
      return question(inner);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new FileError(
        error.code,
        error.message.replace(`\x0e${inner}\x0f`, `\x0e${path}\x0f`).replace(`\x0e"${inner}"\x0f`, `\x0e"${path}"\x0f`),
        { cause: error },
      );
    }
  }

  #look(path: string, question: (inner: string) => FileStat | undefined): FileStat | undefined {
    if (this.#above.has(path)) return folderStat;
    return this.#inner(path) === undefined ? undefined : this.#ask(path, question);
  }

  lstat(path: string): FileStat | undefined {
    return this.#look(path, (inner) => this.#tree.lstat(inner));
  }

  stat(path: string): FileStat | undefined {
    return this.#look(path, (inner) => this.#tree.stat(inner));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    if (this.#above.has(path)) throw new FileError('failed', 'read of \x0e4096\x0f bytes: \x0eIs a directory\x0f');
    return this.#ask(path, (inner) => this.#tree.readFile(inner, room));
  }

  readDir(path: string): [name: string, type: FileType][] {
    const name = this.#above.get(path);
    return name === undefined ? this.#ask(path, (inner) => this.#tree.readDir(inner)) : [[name, 'directory']];
  }

  readLink(path: string): string {
    if (this.#above.has(path)) throw new FileError('failed', `reading symbolic link '\x0e${path}\x0f': Invalid argument`);
    return this.#ask(path, (inner) => this.#tree.readLink(inner));
  }

  prepare(path: string, accept?: (path: string) => boolean) {
    const name = this.#above.get(path);
    if (name !== undefined) {
      const child = joinPath(path, name);
      if (accept?.(child) ?? true) this.prepare(child, accept);
      return;
    }
    this.#ask(path, (inner) => this.#tree.prepare?.(inner, accept && ((child) => accept(this.#folder + child))));
  }
}
