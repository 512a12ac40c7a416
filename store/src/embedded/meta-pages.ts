/**
 * A guard around a race of LMDB as the npm package has it. A process that opens an environment writes the number of the last transaction, which it has read
 * from the file without a lock, into the memory that all share (liblmdb, mdb_env_open2). If another process commits in between, the number goes back,
 * and the next transaction begins from an older state: what was committed last would be lost. So each transaction, which runs alone, compares its
 * number with those in the file's two meta pages (transactions.ts).
 *
 * If it does not come next, it does nothing, and the number is put right by opening the environment once more, while nobody can commit.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StoreError } from '../errors.ts';
import { lastTransaction } from './transactions.ts';

export class MetaPages {
  readonly #folder: string;
  readonly #fd: number;

  constructor(folder: string) {
    this.#folder = folder;
    this.#fd = fs.openSync(path.join(folder, 'data.mdb'), 'r');
    this.#last();
  }

  #last(): number {
    const last = lastTransaction(this.#fd);
    if (last !== undefined) return last;
    throw new StoreError('corrupt', `the store's index in '${this.#folder}' is damaged: it does not begin as it has to`);
  }

  /** Within a transaction: whether it follows the one that was committed last. */
  isNext(transaction: number): boolean {
    return transaction === this.#last() + 1;
  }

  /** Within a transaction, which then writes nothing: puts the number right. */
  repair(): void {
    const lmdb = createRequire(import.meta.url).resolve('lmdb');
    const env = { ...process.env, VIXEN_LMDB: lmdb, VIXEN_INDEX: this.#folder };
    const { status, error, stderr } = spawnSync(process.execPath, ['-e', opening], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    if (status === 0) return;
    const why = error?.message ?? stderr.toString().trim();
    throw new StoreError('io', `cannot put the store's index in '${this.#folder}' right: ${why}`, { cause: error });
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}

/** In a process of its own, since a process opens an environment only once. For reading, which needs no lock. */
const opening = `
require(process.env.VIXEN_LMDB).open({
  path: process.env.VIXEN_INDEX, noSubdir: false, readOnly: true, overlappingSync: false, encoding: 'binary', keyEncoding: 'binary',
}).close();
`;
