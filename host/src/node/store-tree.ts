// What the evaluated program sees where the store's root is not the machine's: the machine's files, and below `/nix/store` also what lies
// in the store's folder (libexpr/eval.cc, `rootFS`: a union of both).
import { isWithin, resolveSymlinks } from '../core/files/paths.ts';
import { doesNotExist, FileError, type FileStat, type FileTree, type FileType, type Room } from '../core/files/tree.ts';

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

  /** Where a path leads that the machine alone cannot follow: a symlink of the machine may lead into the store. */
  #storePath(path: string, mode: 'full' | 'parents' = 'full'): string | undefined {
    const resolved = resolveSymlinks(this.#steps, path, mode);
    return this.#inStore(resolved) ? resolved : undefined;
  }

  /** This tree for paths above which no symlink is. */
  readonly #steps: FileTree = {
    lstat: (path) => this.#machine.lstat(path) ?? (this.#inStore(path) ? this.#store.lstat(path) : undefined),
    readLink: (path) => this.#owner(path).readLink(path),
    stat: (path) => this.stat(path),
    readFile: (path) => this.readFile(path),
    readDir: (path) => this.readDir(path),
  };

  #owner(resolved: string): FileTree {
    if (this.#machine.lstat(resolved)) return this.#machine;
    if (this.#inStore(resolved) && this.#store.lstat(resolved)) return this.#store;
    throw doesNotExist(resolved);
  }

  /** The machine's answer; where it has none, that of the store. Paths of the machine cost nothing more than there. */
  #either<T>(path: string, ofMachine: () => T, ofStore: (resolved: string) => T): T {
    if (this.#inStore(path)) return ofStore(resolveSymlinks(this.#steps, path));
    try {
      return ofMachine();
    } catch (error) {
      const resolved = error instanceof FileError && error.code === 'missing' ? this.#storePath(path) : undefined;
      if (resolved === undefined) throw error;
      return ofStore(resolved);
    }
  }

  lstat(path: string): FileStat | undefined {
    const there = this.#machine.lstat(path);
    if (there || this.#inStore(path)) return there ?? this.#store.lstat(path);
    const resolved = this.#storePath(path, 'parents');
    return resolved === undefined ? undefined : this.#store.lstat(resolved);
  }

  stat(path: string): FileStat | undefined {
    const there = this.#inStore(path) ? undefined : this.#machine.stat(path);
    if (there) return there;
    const resolved = this.#storePath(path);
    return resolved === undefined ? undefined : this.#steps.lstat(resolved);
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    return this.#either(
      path,
      () => this.#machine.readFile(path, room),
      (resolved) => this.#owner(resolved).readFile(resolved, room),
    );
  }

  readDir(path: string): [string, FileType][] {
    return this.#either(
      path,
      () => this.#machine.readDir(path),
      (resolved) => this.#mergedFolder(resolved),
    );
  }

  #mergedFolder(resolved: string): [string, FileType][] {
    const trees = [this.#machine, this.#store].filter((tree) => tree.lstat(resolved));
    if (trees.length === 0) throw doesNotExist(resolved);
    const names = new Map<string, FileType>();
    for (const tree of trees) for (const [name, type] of tree.readDir(resolved)) if (!names.has(name)) names.set(name, type);
    return [...names];
  }

  readLink(path: string): string {
    const resolved = resolveSymlinks(this.#steps, path, 'parents');
    return this.#owner(resolved).readLink(resolved);
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
