// Files of this machine, with those store paths made files first that are in the store but not there yet. Whoever meets one gets a promise
// thrown, and asks again when it is kept (core/files/tree.ts).
import type { FileStat, FileType, Room } from '../core/files/tree.ts';
import { NativeTree } from './files.ts';
import type { Journal } from './remembered/journal.ts';

/** Makes a store path files below the tree's root; answers whether the store has it. */
export type Materialise = (storePath: string) => Promise<boolean>;

export interface CheckoutTreeOptions {
  /** The folder that `/nix/store` stands below; '' for the machine's own root. */
  readonly root: string;
  /** `/nix/store` */
  readonly directory: string;
  readonly materialise: Materialise;
  readonly journal?: Journal | undefined;
}

export class CheckoutTree extends NativeTree {
  readonly #prefix: string;
  readonly #materialise: Materialise;
  /** Store paths that were looked at: files by now, or not in the store. */
  readonly #settled = new Set<string>();

  constructor({ root, directory, materialise, journal }: CheckoutTreeOptions) {
    super(root, journal);
    this.#prefix = `${directory}/`;
    this.#materialise = materialise;
  }

  /** A store path has come since: what was said of it does not count any more. */
  forget(storePath: string) {
    this.#settled.delete(storePath);
  }

  /** Waits for the store path that a path lies in, unless it is files. */
  #require(path: string) {
    if (!path.startsWith(this.#prefix)) return;
    const end = path.indexOf('/', this.#prefix.length);
    const storePath = end < 0 ? path : path.slice(0, end);
    if (this.#settled.has(storePath)) return;
    if (super.lstat(storePath)) {
      this.#settled.add(storePath);
      return;
    }
    this.journal?.refuse(`'${storePath}' is no file yet`);
    throw this.#materialise(storePath).then(() => {
      this.#settled.add(storePath);
    });
  }

  override lstat(path: string): FileStat | undefined {
    this.#require(path);
    return super.lstat(path);
  }

  override stat(path: string): FileStat | undefined {
    this.#require(path);
    return super.stat(path);
  }

  override readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    this.#require(path);
    return super.readFile(path, room);
  }

  override readDir(path: string): [string, FileType][] {
    this.#require(path);
    return super.readDir(path);
  }

  override readLink(path: string): string {
    this.#require(path);
    return super.readLink(path);
  }
}
