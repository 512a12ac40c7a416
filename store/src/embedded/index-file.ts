/**
 * The index: one LMDB environment, shared by all processes. What a transaction has acknowledged is on the disk. Its databases:
 *
 *     meta         'format', 'generation', counters
 *     blobs        digest → blob            directories  digest → directory
 *     packs        number → pack            sessions     number → session (sessions.ts)
 *     paths        base name → path         realisations id → JSON
 *     referrers    hash part of a path, hash part of one that refers to it → nothing
 *     unindexed    number → base names of paths that are not in `referrers` yet
 *     temproots    session, number → base names
 */
import type { Database, RootDatabase } from 'lmdb';
import { StoreError } from '../errors.ts';
import { systemCall, systemError } from './files.ts';
import { numberKey } from './records.ts';

const formatVersion = 1;
const mapSize = 16 * 1024 ** 3;

export type Table = Database<Buffer, Buffer>;

const tables = [
  'meta',
  'blobs',
  'directories',
  'packs',
  'sessions',
  'paths',
  'realisations',
  'referrers',
  'unindexed',
  'temproots',
] as const;

export type TableName = (typeof tables)[number];

export class IndexFile {
  readonly readOnly: boolean;
  readonly tables: Readonly<Record<TableName, Table>>;
  readonly #file: string;
  readonly #root: RootDatabase;

  private constructor(file: string, root: RootDatabase, readOnly: boolean) {
    this.#file = file;
    this.#root = root;
    this.readOnly = readOnly;
    const open = (name: TableName) => root.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' });
    this.tables = Object.fromEntries(tables.map((name) => [name, open(name)])) as Record<TableName, Table>;
  }

  /** Opens the index in `folder`, which has to be there. Fails with `invalid` for a format that it does not know. */
  static async open(folder: string, readOnly: boolean): Promise<IndexFile> {
    const lmdb = await import('lmdb');
    const index = systemCall(`cannot open the store's index in '${folder}'`, () => {
      const root = lmdb.open({
        path: folder,
        noSubdir: false,
        maxDbs: tables.length + 1,
        maxReaders: 1000,
        // Addresses, not memory: so much that the file does not outgrow them while others read it.
        mapSize,
        // A commit is answered when it is on the disk.
        overlappingSync: false,
        compression: false,
        readOnly,
        encoding: 'binary',
      });
      return new IndexFile(folder, root, readOnly);
    });
    try {
      await index.#checkFormat();
    } catch (error) {
      await index.close();
      throw error;
    }
    return index;
  }

  async #checkFormat(): Promise<void> {
    const key = Buffer.from('format');
    const known = this.tables.meta.get(key);
    if (!known && !this.readOnly) {
      await this.write(() => {
        if (!this.tables.meta.get(key)) this.tables.meta.putSync(key, numberKey(formatVersion));
      });
      return;
    }
    const version = known?.readUInt32BE(0);
    if (version === formatVersion) return;
    const message = `the store in '${this.#file}' has format ${version}, and this program knows format ${formatVersion}: use a newer one, or another root`;
    throw new StoreError('invalid', message);
  }

  /**
   * Runs `change` in a transaction, alone among all processes, together with others that wait for one. `change` makes all its checks before its
   * first write: an exception does not undo writes. Answers when it is durable.
   */
  async write<T>(change: () => T): Promise<T> {
    this.requireWritable();
    let failure: { readonly error: unknown } | undefined;
    try {
      const result = await this.#root.transaction(() => {
        try {
          return change();
        } catch (error) {
          failure = { error };
          return undefined;
        }
      });
      if (failure) throw failure.error;
      return result as T;
    } catch (error) {
      throw systemError(`cannot write the store's index in '${this.#file}'`, error);
    }
  }

  requireWritable(): void {
    if (this.readOnly) throw new StoreError('forbidden', `the store in '${this.#file}' is open for reading only`);
  }

  /** Makes the next look see what other processes have written until now. */
  refresh(): void {
    this.#root.resetReadTxn();
  }

  /** A number of `meta`; 0 when it is not there. */
  number(name: string): number {
    return this.tables.meta.get(Buffer.from(name))?.readUInt32BE(0) ?? 0;
  }

  /** Within a transaction: the next number, from 1 on. */
  nextNumber(name: string): number {
    const next = this.number(name) + 1;
    this.tables.meta.putSync(Buffer.from(name), numberKey(next));
    return next;
  }

  async close(): Promise<void> {
    await this.#root.close();
  }
}
