// A tree that is opened when something is asked of it first.
import type { FileStat, FileTree, FileType, Room } from './tree.ts';

export class LazyTree implements FileTree {
  readonly #open: () => Promise<FileTree>;
  #opening: Promise<void> | undefined;
  #tree: FileTree | undefined;

  /** When opening fails, so does what has been asked; the next one who asks opens anew. */
  constructor(open: () => Promise<FileTree>) {
    this.#open = open;
  }

  #opened(): FileTree {
    if (this.#tree) return this.#tree;
    this.#opening ??= this.#open()
      .then((tree) => {
        this.#tree = tree;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    // Who was told to wait may not do so: a failure without listeners must not end the program.
    this.#opening.catch(() => {});
    throw this.#opening;
  }

  lstat(path: string): FileStat | undefined {
    return this.#opened().lstat(path);
  }

  stat(path: string): FileStat | undefined {
    return this.#opened().stat(path);
  }

  readFile(path: string, room?: Room): Uint8Array<ArrayBuffer> {
    return this.#opened().readFile(path, room);
  }

  readDir(path: string): [name: string, type: FileType][] {
    return this.#opened().readDir(path);
  }

  readLink(path: string): string {
    return this.#opened().readLink(path);
  }

  prepare(path: string, accept?: (path: string) => boolean) {
    this.#opened().prepare?.(path, accept);
  }
}

/** A tree that cannot be had: whatever is asked of it fails. */
export class MissingTree implements FileTree {
  readonly #fail: () => never;

  constructor(fail: () => never) {
    this.#fail = fail;
  }

  lstat(): never {
    return this.#fail();
  }

  stat(): never {
    return this.#fail();
  }

  readFile(): never {
    return this.#fail();
  }

  readDir(): never {
    return this.#fail();
  }

  readLink(): never {
    return this.#fail();
  }
}
