// The files that evaluation sees: those of the page.
import type { FileChange } from '../protocol.ts';

export class Files {
  readonly #files = new Map<string, string | Uint8Array>();

  change(changes: readonly FileChange[]) {
    for (const { path, contents } of changes) {
      if (contents === undefined) this.#files.delete(path);
      else this.#files.set(path, contents);
    }
  }

  /** '' for a file that is not there. */
  text(path: string): string {
    const contents = this.#files.get(path) ?? '';
    return typeof contents === 'string' ? contents : new TextDecoder().decode(contents);
  }

  /** By absolute path. */
  all(): Record<string, string | Uint8Array> {
    return Object.fromEntries(this.#files);
  }
}
