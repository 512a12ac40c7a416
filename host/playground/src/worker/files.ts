// The files that evaluation sees: those of the page. (Trees that are fetched on demand plug in here.)
import { MemoryTree } from '@vixen/host';
import type { FileChange } from '../protocol.ts';

/** The folder in which the page's files lie. */
export const workFolder = '/work';

export class Files {
  readonly #files = new Map<string, string | Uint8Array>();

  change(changes: readonly FileChange[]) {
    for (const { path, contents } of changes) {
      if (contents === undefined) this.#files.delete(path);
      else this.#files.set(path, contents);
    }
  }

  /** A tree for one evaluation: what that adds to the store is gone with it. */
  tree(): MemoryTree {
    const tree = new MemoryTree(Object.fromEntries(this.#files));
    tree.writeFolder(workFolder);
    return tree;
  }
}
