// Restricted and pure evaluation: only what is below an allowed path can be seen (libfetchers/filtering-source-accessor.cc,
// libexpr/eval.cc).
import { isWithin, joinPath, resolveSymlinks } from './paths.ts';
import { FileError, type FileStat, type FileTree, type FileType, type Room } from './tree.ts';

export type AccessMode = 'pure' | 'restricted';

/** A tree of which a part is to be seen. */
export class GuardedTree implements FileTree {
  readonly #tree: FileTree;
  readonly #mode: AccessMode;
  readonly #allowed = new Set<string>();

  constructor(tree: FileTree, mode: AccessMode) {
    this.#tree = tree;
    this.#mode = mode;
  }

  /** Allows a path and all below it. */
  allow(path: string) {
    this.#allowed.add(path);
  }

  /** Below an allowed path, or above one. */
  isAllowed(path: string): boolean {
    for (let prefix = path; prefix !== ''; prefix = prefix.slice(0, prefix.lastIndexOf('/'))) if (this.#allowed.has(prefix)) return true;
    if (this.#allowed.has('/')) return true;
    for (const allowed of this.#allowed) if (isWithin(allowed, path)) return true;
    return false;
  }

  check(path: string) {
    if (this.isAllowed(path)) return;
    const where = this.#mode === 'pure' ? "in pure evaluation mode (use '--impure' to override)" : 'in restricted mode';
    throw new FileError('forbidden', `access to absolute path '\x0e${path}\x0f' is forbidden \x0e${where}\x0f`);
  }

  lstat(path: string): FileStat | undefined {
    return this.isAllowed(path) ? this.#tree.lstat(path) : undefined;
  }

  // Symlinks are followed here and not by the tree below, so that what is looked at is what they lead to.
  stat(path: string): FileStat | undefined {
    return this.lstat(resolveSymlinks(this, path));
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    const resolved = resolveSymlinks(this, path);
    this.check(resolved);
    return this.#tree.readFile(resolved, room);
  }

  readDir(path: string): [string, FileType][] {
    const resolved = resolveSymlinks(this, path);
    this.check(resolved);
    return this.#tree.readDir(resolved).filter(([name]) => this.isAllowed(joinPath(resolved, name)));
  }

  readLink(path: string): string {
    this.check(path);
    return this.#tree.readLink(path);
  }
}
