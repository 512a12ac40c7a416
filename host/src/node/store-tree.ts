// What the evaluated program sees where the store's root is not the machine's: the machine's files, and below `/nix/store` also what lies
// in the store's folder (libexpr/eval.cc, `rootFS`: a union of both).
import { isWithin, resolveSymlinks } from '../core/files/paths.ts';
import { doesNotExist, type FileStat, type FileTree, type FileType, type Room } from '../core/files/tree.ts';

export class StoreTree implements FileTree {
  readonly #machine: FileTree;
  readonly #store: FileTree;
  readonly #directory: string;

  /** `machine` is undefined where the store is all that may be seen (pure evaluation). */
  constructor(machine: FileTree | undefined, store: FileTree, directory: string) {
    this.#machine = machine ?? emptyTree;
    this.#store = store;
    this.#directory = directory;
  }

  #inStore(path: string): boolean {
    return isWithin(path, this.#directory) || isWithin(this.#directory, path);
  }

  lstat(path: string): FileStat | undefined {
    const there = this.#machine.lstat(path);
    if (there || this.#inStore(path)) return there ?? this.#store.lstat(path);
    // A symlink of the machine may lead into the store, which is not there for the system to follow it.
    const resolved = resolveSymlinks(this.#shallow, path, 'parents');
    return resolved !== path && this.#inStore(resolved) ? this.#store.lstat(resolved) : undefined;
  }

  /** As this tree, for paths whose parents are known to hold no symlink. */
  readonly #shallow: FileTree = {
    lstat: (path) => this.#machine.lstat(path) ?? (this.#inStore(path) ? this.#store.lstat(path) : undefined),
    readLink: (path) => this.readLink(path),
    stat: (path) => this.stat(path),
    readFile: (path) => this.readFile(path),
    readDir: (path) => this.readDir(path),
  };

  #resolve(path: string): string {
    return resolveSymlinks(this.#shallow, path);
  }

  #owner(resolved: string): FileTree {
    if (this.#machine.lstat(resolved)) return this.#machine;
    if (this.#inStore(resolved) && this.#store.lstat(resolved)) return this.#store;
    throw doesNotExist(resolved);
  }

  stat(path: string): FileStat | undefined {
    return (this.#inStore(path) ? undefined : this.#machine.stat(path)) ?? this.#shallow.lstat(this.#resolve(path));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    if (!this.#inStore(path) && this.#machine.stat(path)) return this.#machine.readFile(path, room);
    const resolved = this.#resolve(path);
    return this.#owner(resolved).readFile(resolved, room);
  }

  readDir(path: string): [string, FileType][] {
    const resolved = this.#inStore(path) || !this.#machine.stat(path) ? this.#resolve(path) : path;
    if (!this.#inStore(resolved)) return this.#machine.readDir(path);
    const trees = [this.#machine, this.#store].filter((tree) => tree.lstat(resolved));
    if (trees.length === 0) throw doesNotExist(resolved);
    const names = new Map<string, FileType>();
    for (const tree of trees) for (const [name, type] of tree.readDir(resolved)) if (!names.has(name)) names.set(name, type);
    return [...names];
  }

  readLink(path: string): string {
    return this.#owner(path).readLink(path);
  }
}

const emptyTree: FileTree = {
  lstat: (path) => (path === '/' ? { type: 'directory', size: 0, executable: false } : undefined),
  stat: (path) => emptyTree.lstat(path),
  readFile(path) {
    throw doesNotExist(path);
  },
  readDir: () => [],
  readLink(path) {
    throw doesNotExist(path);
  },
};
