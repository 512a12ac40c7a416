/** Removes contents that no path reaches and no session keeps. */
import { hex } from '../castore/bytes.ts';
import { decodeDirectory } from '../castore/directory.ts';
import type { Node } from '../castore/node.ts';
import type { CallOptions } from '../service.ts';
import { DigestSet } from './digest-set.ts';
import type { Files, StoreLayout } from './files.ts';
import type { IndexFile } from './index-file.ts';
import type { Packs } from './packs.ts';
import { decodeBlob, decodeDirectoryRecord, stampOfBlob } from './records.ts';
import type { Table } from './table.ts';

/** Records that are looked at from one look at the index, and removed by one transaction, for which others wait. */
const batch = 4000;

export interface SweepParts {
  readonly index: IndexFile;
  readonly files: Files;
  readonly layout: StoreLayout;
  readonly packs: Packs;
}

export class Sweep {
  readonly #parts: SweepParts;
  readonly #keeps: number;
  readonly #options: CallOptions;
  readonly #marked = new DigestSet();

  /** Everything that bears at least the stamp `keeps` stays (sessions.ts). */
  constructor(parts: SweepParts, keeps: number, options: CallOptions) {
    this.#parts = parts;
    this.#keeps = keeps;
    this.#options = options;
  }

  /** Marks what nodes reach. */
  mark(nodes: Iterable<Node>): void {
    const { directories } = this.#parts.index.tables;
    const todo: Node[] = [];
    for (const node of nodes) {
      todo.push(node);
      for (let next = todo.pop(); next; next = todo.pop()) {
        if (next.type === 'symlink' || !this.#marked.add(next.digest) || next.type === 'file') continue;
        const bytes = directories.get(next.digest);
        if (bytes) for (const entry of decodeDirectory(decodeDirectoryRecord(bytes).encoded).entries) todo.push(entry.node);
      }
    }
  }

  /** Removes what is not marked; answers the bytes. */
  async run(): Promise<number> {
    const { directories, blobs } = this.#parts.index.tables;
    let freed = await this.#removeFrom(directories, (_, value) => value.length);
    const files: string[] = [];
    freed += await this.#removeFrom(blobs, (key, value) => {
      const record = decodeBlob(value);
      if (record.kind === 'pack') this.#parts.packs.count(record.pack, -record.size, 0);
      else for (const form of [true, false]) files.push(this.#parts.layout.blob(hex(key), record.serial, form));
      return record.size;
    });
    for (const file of files) this.#parts.files.remove(file);
    return freed;
  }

  async #removeFrom(table: Table, removed: (key: Buffer, value: Buffer) => number): Promise<number> {
    let freed = 0;
    for (let start: Buffer | undefined = Buffer.alloc(0); start; ) {
      this.#options.signal?.throwIfAborted();
      const entries: { key: Buffer; value: Buffer }[] = [...table.entries({ start, limit: batch })].map(({ key, value }) => ({
        key: Buffer.from(key),
        value,
      }));
      const dead = entries.filter(({ key, value }) => stampOf(this.#parts.index, table, value) < this.#keeps && !this.#marked.has(key));
      if (dead.length > 0) {
        await this.#parts.index.write(() => {
          for (const { key } of dead) {
            const value = table.get(key);
            if (!value || stampOf(this.#parts.index, table, value) >= this.#keeps) continue;
            freed += removed(key, value);
            table.remove(key);
          }
        });
      }
      const last = entries.at(-1)?.key;
      start = entries.length < batch || !last ? undefined : Buffer.concat([last, Buffer.alloc(1)]);
    }
    return freed;
  }
}

function stampOf(index: IndexFile, table: Table, value: Buffer): number {
  return table === index.tables.blobs ? stampOfBlob(value) : decodeDirectoryRecord(value).stamp;
}
