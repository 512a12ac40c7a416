/**
 * LMDB environments, each open once in a process, however many stores use it. To open one for writing, LMDB's binding takes the lock of writers in the
 * thread that asks. Were it open already, a transaction might hold that lock and wait for this very thread to run its callback.
 */
import fs from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { StoreError } from '../errors.ts';
import { MetaPages } from './meta-pages.ts';

const mapSize = 16 * 1024 ** 3;

const environments = new Map<string, Environment>();

export class Environment {
  readonly root: RootDatabase<Buffer, Buffer>;
  readonly metaPages: MetaPages;
  readonly #key: string;
  readonly #readOnly: boolean;
  #users = 1;
  #closed: Promise<void> | undefined;

  private constructor(key: string, readOnly: boolean, root: RootDatabase<Buffer, Buffer>, metaPages: MetaPages) {
    this.#key = key;
    this.#readOnly = readOnly;
    this.root = root;
    this.metaPages = metaPages;
  }

  /**
   * The environment in `folder`, which has to be there. Whoever asks for it gives it back with `release`, once. Fails with `forbidden` where this process
   * has it open for reading only, and is to write.
   */
  static async acquire(folder: string, readOnly: boolean): Promise<Environment> {
    const lmdb = await import('lmdb');
    const { dev, ino } = fs.statSync(folder, { bigint: true });
    const key = `${dev}:${ino}`;
    for (let known = environments.get(key); known; known = environments.get(key)) {
      if (!known.#closed) return known.#share(folder, readOnly);
      await known.#closed;
    }
    const root = lmdb.open<Buffer, Buffer>({
      path: folder,
      noSubdir: false,
      maxReaders: 1000,
      // Addresses, not memory: so much that the file does not outgrow them while others read it.
      mapSize,
      // A commit is answered when it is on the disk.
      overlappingSync: false,
      compression: false,
      readOnly,
      encoding: 'binary',
      keyEncoding: 'binary',
    });
    const environment = new Environment(key, readOnly, root, new MetaPages(folder));
    environments.set(key, environment);
    return environment;
  }

  #share(folder: string, readOnly: boolean): this {
    if (this.#readOnly && !readOnly) throw new StoreError('forbidden', `this process has '${folder}' open for reading only`);
    this.#users++;
    return this;
  }

  async release(): Promise<void> {
    if (--this.#users > 0) return;
    this.#closed = this.root.close().finally(() => environments.delete(this.#key));
    this.metaPages.close();
    await this.#closed;
  }
}
