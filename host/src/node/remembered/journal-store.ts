// The store as an evaluation sees it that is to be remembered. What is added depends on files alone, which the journal knows of; all that is asked of the
// store depends on what is in it, and is not remembered.
import type { AddPathRequest, EvalStore } from '../../core/io.ts';
import type { Journal } from './journal.ts';

export class JournalStore implements EvalStore {
  readonly directory: string;
  readonly #store: EvalStore;
  readonly #journal: Journal;

  constructor(store: EvalStore, journal: Journal) {
    this.directory = store.directory;
    this.#store = store;
    this.#journal = journal;
  }

  #asked(path: string): EvalStore {
    this.#journal.refuse(`the store was asked for '${path}'`);
    return this.#store;
  }

  addPath(request: AddPathRequest) {
    return this.#store.addPath(request);
  }

  addText(name: string, contents: Uint8Array, references: string[], path: string) {
    return this.#store.addText(name, contents, references, path);
  }

  isValid(path: string) {
    return this.#asked(path).isValid(path);
  }

  makeValid(path: string) {
    return this.#asked(path).makeValid(path);
  }

  closure(path: string) {
    return this.#asked(path).closure(path);
  }

  references(path: string) {
    return this.#asked(path).references(path);
  }

  readDerivation(path: string) {
    return this.#asked(path).readDerivation(path);
  }

  realise(elements: string[], forImport: boolean) {
    return (elements.length === 0 ? this.#store : this.#asked(elements[0]!)).realise(elements, forImport);
  }
}
