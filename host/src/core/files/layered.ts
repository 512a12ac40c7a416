// One tree on top of another: a page's own files, and what its program writes, over files that are fetched as they are asked for.
import { FileError, type FileStat, type FileTree, type FileType, type Room } from './tree.ts';

/** Answers from the upper tree where it has the path, and from the lower one otherwise. Folders that both have show the names of both. */
export class LayeredTree implements FileTree {
  readonly #upper: FileTree;
  readonly #lower: FileTree;

  constructor(upper: FileTree, lower: FileTree) {
    this.#upper = upper;
    this.#lower = lower;
  }

  #holder(path: string): FileTree {
    return this.#upper.lstat(path) ? this.#upper : this.#lower;
  }

  lstat(path: string): FileStat | undefined {
    return this.#upper.lstat(path) ?? this.#lower.lstat(path);
  }

  stat(path: string): FileStat | undefined {
    return this.#holder(path).stat(path);
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    return this.#holder(path).readFile(path, room);
  }

  readDir(path: string): [name: string, type: FileType][] {
    const holder = this.#holder(path);
    if (holder === this.#lower || holder.stat(path)?.type !== 'directory' || !this.#lowerHas(path)) return holder.readDir(path);
    return [...new Map([...this.#lower.readDir(path), ...holder.readDir(path)])];
  }

  #lowerHas(path: string): boolean {
    try {
      return this.#lower.stat(path)?.type === 'directory';
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  readLink(path: string): string {
    return this.#holder(path).readLink(path);
  }
  prepare(path: string, accept?: (path: string) => boolean) {
    this.#upper.prepare?.(path, accept);
    if (this.#holder(path) === this.#lower || this.#lowerHas(path)) this.#lower.prepare?.(path, accept);
  }
}
