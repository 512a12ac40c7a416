/**
 * The index: one LMDB environment, shared by all processes. What a transaction has acknowledged is on the disk. Its tables (table.ts), numbered from 1:
 *
 *     meta         'format', 'generation', counters
 *     blobs        digest → blob            directories  digest → directory
 *     packs        number → pack            sessions     number → session (sessions.ts)
 *     paths        base name → path         realisations id → JSON
 *     referrers    hash part of a path, hash part of one that refers to it → nothing
 *     unindexed    number → base names of paths that are not in `referrers` yet
 *     temproots    session, number → base names
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { Environment } from './environment.ts';
import { systemError } from './files.ts';
import { reviveMutexes } from './lock-file.ts';
import { numberKey } from './records.ts';
import { Table } from './table.ts';

const formatVersion = 1;

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
  readonly #environment: Environment;

  private constructor(file: string, environment: Environment, readOnly: boolean) {
    this.#file = file;
    this.#environment = environment;
    this.readOnly = readOnly;
    this.tables = Object.fromEntries(tables.map((name, i) => [name, new Table(environment.root, i + 1)])) as Record<TableName, Table>;
  }

  /** Opens the index in `folder`, which has to be there. Fails with `invalid` for a format that it does not know. */
  static async open(folder: string, readOnly: boolean): Promise<IndexFile> {
    // There has to be something to read.
    if (readOnly && !fs.existsSync(path.join(folder, 'data.mdb'))) await (await IndexFile.open(folder, false)).close();
    const index = await again(folder, async () => new IndexFile(folder, await Environment.acquire(folder, readOnly), readOnly)).catch(
      (error) => {
        throw systemError(`cannot open the store's index in '${folder}'`, error);
      },
    );
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
        if (!this.tables.meta.get(key)) this.tables.meta.put(key, numberKey(formatVersion));
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
    try {
      return await again(this.#file, () => this.#transaction(change));
    } catch (error) {
      throw systemError(`cannot write the store's index in '${this.#file}'`, error);
    }
  }

  // An exception must not reach LMDB's binding: it would leave its queue as it is.
  async #transaction<T>(change: () => T): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    await this.#environment.root.transaction(() => {
      try {
        outcome = this.#isOutdated() ? { error: new OutdatedTransaction() } : { value: change() };
      } catch (error) {
        outcome = { error };
      }
    });
    if (outcome && 'value' in outcome) return outcome.value;
    throw outcome?.error;
  }

  /** Within a transaction: whether another has been committed since the state that it sees (meta-pages.ts). */
  #isOutdated(): boolean {
    const { root, metaPages } = this.#environment;
    if (metaPages.isNext(root.getWriteTxnId())) return false;
    metaPages.repair();
    return true;
  }

  requireWritable(): void {
    if (this.readOnly) throw new StoreError('forbidden', `the store in '${this.#file}' is open for reading only`);
  }

  /** Makes the next look see what other processes have written until now. */
  refresh(): void {
    this.#environment.root.resetReadTxn();
  }

  /** A number of `meta`; 0 when it is not there. */
  number(name: string): number {
    return this.tables.meta.get(Buffer.from(name))?.readUInt32BE(0) ?? 0;
  }

  /** Within a transaction: the next number, from 1 on. */
  nextNumber(name: string): number {
    return this.nextNumbers(name, 1);
  }

  /** Within a transaction: the first of so many numbers. */
  nextNumbers(name: string, count: number): number {
    const last = this.number(name);
    this.tables.meta.put(Buffer.from(name), numberKey(last + count));
    return last + 1;
  }

  async close(): Promise<void> {
    await this.#environment.release();
  }
}

/** A transaction that began from an outdated state. */
class OutdatedTransaction extends Error {
  override readonly name = 'OutdatedTransaction';

  constructor() {
    super('the transaction began from an outdated state');
  }
}

/** What LMDB says itself of such a state. */
const outdated = /MDB_PROBLEM|MDB_BAD_TXN/;
/** EINVAL, as LMDB hands it on: what glibc says of a mutex that has been destroyed (lock-file.ts). */
const destroyedMutex = 22;
const attempts = 10;

/** Whether another attempt may do better; does what there is to do before it. */
function prepareAnother(folder: string, error: unknown): boolean {
  if (error instanceof OutdatedTransaction) return true;
  if (!(error instanceof Error)) return false;
  if (!('code' in error) || error.code !== destroyedMutex) return outdated.test(error.message);
  try {
    reviveMutexes(folder);
    return true;
  } catch {
    // The lock file is not ours to write: what LMDB said is told.
    return false;
  }
}

async function again<T>(folder: string, run: () => T | Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === attempts || !prepareAnother(folder, error)) throw error;
      await setTimeout(10 * attempt);
    }
  }
}
