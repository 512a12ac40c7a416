// Trees put into another tree's folders: submodules.
import type { FileStat, FileTree, FileType, Room } from '../../core/files/tree.ts';

export class MountedTree implements FileTree {
  readonly #base: FileTree;
  readonly #mounts: Map<string, FileTree>;

  /** Mounts by their path, `/a/b`. */
  constructor(base: FileTree, mounts: Map<string, FileTree>) {
    this.#base = base;
    this.#mounts = mounts;
  }

  #at(path: string): [tree: FileTree, inner: string] {
    for (let prefix = path; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) {
      const tree = this.#mounts.get(prefix);
      if (tree) return [tree, path.slice(prefix.length) || '/'];
    }
    return [this.#base, path];
  }

  lstat(path: string): FileStat | undefined {
    const [tree, inner] = this.#at(path);
    return tree.lstat(inner);
  }

  stat(path: string): FileStat | undefined {
    return this.lstat(path);
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    const [tree, inner] = this.#at(path);
    return tree.readFile(inner, room);
  }

  readDir(path: string): [string, FileType][] {
    const [tree, inner] = this.#at(path);
    const here = new Map(tree.readDir(inner));
    for (const mount of this.#mounts.keys()) {
      const slash = mount.lastIndexOf('/');
      if ((mount.slice(0, slash) || '/') === path) here.set(mount.slice(slash + 1), 'directory');
    }
    return [...here];
  }

  readLink(path: string): string {
    const [tree, inner] = this.#at(path);
    return tree.readLink(inner);
  }
}
