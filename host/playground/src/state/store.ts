// The reader's own files, kept by the browser (IndexedDB). Two tabs have the same files: one that has not seen what the other has saved does
// not write over it.
import type { Contents, Snapshot } from './workspace.ts';

/** Saved files are not those that this page has read or written last. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly code = 'PLAYGROUND_CONFLICT';
}

/** What is kept besides the files' contents. */
interface Index {
  names: string[];
  active: string;
  revision: number;
}

const database = 'vixen-playground';
const version = 2;
const indexes = 'workspaces';
const contentsTable = 'files';
const key = 'own';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
  });
}

async function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(database, version);
  request.onupgradeneeded = () => {
    const { result } = request;
    for (const name of [...result.objectStoreNames]) result.deleteObjectStore(name);
    for (const name of [indexes, contentsTable]) result.createObjectStore(name);
  };
  const result = await settled(request);
  // A page of a later version must not have to wait for this one.
  result.onversionchange = () => result.close();
  return result;
}

export class WorkspaceStore {
  #database: Promise<IDBDatabase> | undefined;
  #revision = 0;
  /** What is kept of each file, as far as it is known. */
  #kept = new Map<string, Contents>();

  async #begin(mode: IDBTransactionMode) {
    this.#database ??= opened();
    const transaction = (await this.#database).transaction([indexes, contentsTable], mode);
    return { transaction, index: transaction.objectStore(indexes), files: transaction.objectStore(contentsTable) };
  }

  /** Undefined where nothing has been saved. */
  async load(): Promise<Snapshot | undefined> {
    const { index, files } = await this.#begin('readonly');
    const saved = (await settled(index.get(key))) as Index | undefined;
    const contents = await Promise.all((saved?.names ?? []).map((name) => settled(files.get(name) as IDBRequest<Contents>)));
    this.#revision = saved?.revision ?? 0;
    this.#kept = new Map(saved?.names.map((name, i) => [name, contents[i] ?? '']));
    return saved && { files: [...this.#kept].map(([name, text]) => ({ name, contents: text })), active: saved.active };
  }

  /** Writes what has changed. Fails with a ConflictError where another page has saved since; `over` writes everything all the same. */
  async save(snapshot: Snapshot, { over = false } = {}): Promise<void> {
    const { transaction, index, files } = await this.#begin('readwrite');
    const done = completed(transaction);
    const revision = ((await settled(index.get(key))) as Index | undefined)?.revision ?? 0;
    if (revision !== this.#revision && !over) throw new ConflictError('another page has changed the saved files');
    if (over) {
      files.clear();
      this.#kept.clear();
    }
    this.#write(files, snapshot);
    index.put({ names: snapshot.files.map(({ name }) => name), active: snapshot.active, revision: revision + 1 } satisfies Index, key);
    await done;
    this.#revision = revision + 1;
    this.#kept = new Map(snapshot.files.map(({ name, contents }) => [name, contents]));
  }

  #write(table: IDBObjectStore, { files }: Snapshot) {
    const gone = new Set(this.#kept.keys());
    for (const { name, contents } of files) {
      if (this.#kept.get(name) !== contents) table.put(contents, name);
      gone.delete(name);
    }
    for (const name of gone) table.delete(name);
  }
}
