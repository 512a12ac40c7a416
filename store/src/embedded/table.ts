/**
 * Tables of the index. All lie in the environment's one database, whose keys begin with the number of the table: databases of their own would each be
 * opened in a transaction, with every start of a program.
 */
import type { RootDatabase } from 'lmdb';

/** LMDB's own limit is larger; no key comes near it. */
const longestKey = 1024;

export interface TableRange {
  /** The first key; the table's first. */
  readonly start?: Uint8Array;
  /** The first key that is not meant; all. */
  readonly end?: Uint8Array;
  readonly limit?: number;
}

export class Table {
  readonly #database: RootDatabase<Buffer, Buffer>;
  readonly #number: number;
  readonly #scratch: Buffer;

  constructor(database: RootDatabase<Buffer, Buffer>, number: number) {
    this.#database = database;
    this.#number = number;
    this.#scratch = Buffer.alloc(longestKey);
    this.#scratch[0] = number;
  }

  // Keys are used up before the next call.
  #key(key: Uint8Array): Buffer {
    this.#scratch.set(key, 1);
    return this.#scratch.subarray(0, key.length + 1);
  }

  get(key: Uint8Array): Buffer | undefined {
    return this.#database.get(this.#key(key));
  }

  /** The value, valid until the next look at any table. */
  glance(key: Uint8Array): Buffer | undefined {
    return this.#database.getBinaryFast(this.#key(key));
  }

  has(key: Uint8Array): boolean {
    return this.#database.doesExist(this.#key(key));
  }

  /** Within a transaction. */
  put(key: Uint8Array, value: Buffer): void {
    this.#database.putSync(this.#key(key), value);
  }

  /** Within a transaction. */
  remove(key: Uint8Array): void {
    this.#database.removeSync(this.#key(key));
  }

  *keys(range: TableRange = {}): Generator<Buffer, void, void> {
    for (const key of this.#database.getKeys(this.#range(range))) yield Buffer.from(key.subarray(1));
  }

  *entries(range: TableRange = {}): Generator<{ readonly key: Buffer; readonly value: Buffer }, void, void> {
    for (const { key, value } of this.#database.getRange(this.#range(range))) yield { key: Buffer.from(key.subarray(1)), value };
  }

  get isEmpty(): boolean {
    return this.keys({ limit: 1 }).next().done === true;
  }

  #range({ start = none, end, limit }: TableRange): { start: Buffer; end: Buffer; limit?: number } {
    const first = Buffer.concat([Buffer.of(this.#number), start]);
    const last = end ? Buffer.concat([Buffer.of(this.#number), end]) : Buffer.of(this.#number + 1);
    return limit === undefined ? { start: first, end: last } : { start: first, end: last, limit };
  }
}

const none = new Uint8Array();
