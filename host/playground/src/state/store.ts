// The reader's own files, kept by the browser (IndexedDB). Two tabs have the same files: one that has not seen what the other has saved does
// not write over it.
import type { Snapshot } from './workspace.ts';

/** Saved files are not those that this page has read or written last. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly code = 'PLAYGROUND_CONFLICT';
}

interface Saved extends Snapshot {
  revision: number;
}

const database = 'vixen-playground';
const table = 'workspaces';
const key = 'own';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return settled(request);
}

export class WorkspaceStore {
  #database: Promise<IDBDatabase> | undefined;
  #revision = 0;

  async #table(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#database ??= opened();
    return (await this.#database).transaction(table, mode).objectStore(table);
  }

  /** Undefined where nothing has been saved. */
  async load(): Promise<Snapshot | undefined> {
    const saved = (await settled((await this.#table('readonly')).get(key))) as Saved | undefined;
    this.#revision = saved?.revision ?? 0;
    return saved;
  }

  /** Fails with a ConflictError where another page has saved since; `over` writes all the same. */
  async save(snapshot: Snapshot, { over = false } = {}): Promise<void> {
    const objects = await this.#table('readwrite');
    const saved = (await settled(objects.get(key))) as Saved | undefined;
    const revision = saved?.revision ?? 0;
    if (revision !== this.#revision && !over) throw new ConflictError('another page has changed the saved files');
    await settled(objects.put({ ...snapshot, revision: revision + 1 } satisfies Saved, key));
    this.#revision = revision + 1;
  }
}
