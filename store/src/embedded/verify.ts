/** Whether the parts of an embedded store fit together, beside its paths: blobs, packs, directories. */
import fs from 'node:fs';
import { hex } from '../castore/bytes.ts';
import { StoreError } from '../errors.ts';
import type { VerifyOptions } from '../service.ts';
import type { EmbeddedBlobs } from './blobs.ts';
import type { EmbeddedDirectories } from './directories.ts';
import type { StoreLayout } from './files.ts';
import type { IndexFile } from './index-file.ts';
import { type BlobRecord, decodeBlob, decodeDirectoryRecord } from './records.ts';
import type { Table } from './table.ts';

/** Entries that are listed from one look at the index. */
const listed = 1000;

export interface VerifiedParts {
  readonly index: IndexFile;
  readonly layout: StoreLayout;
  readonly blobs: EmbeddedBlobs;
  readonly directories: EmbeddedDirectories;
}

export async function verifyParts(parts: VerifiedParts, options: VerifyOptions): Promise<void> {
  await new Verification(parts, options).run();
}

class Verification {
  readonly #parts: VerifiedParts;
  readonly #options: VerifyOptions;
  readonly #sizes = new Map<string, number | undefined>();

  constructor(parts: VerifiedParts, options: VerifyOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { blobs, directories } = this.#parts.index.tables;
    await this.#checkAll(blobs, (digest, bytes) => this.#checkBlob(digest, bytes));
    await this.#checkAll(directories, async (digest, bytes) => this.#checkDirectory(digest, bytes));
  }

  async #checkAll(table: Table, check: (digest: Buffer, bytes: Buffer) => Promise<void>): Promise<void> {
    try {
      for (const [digest, bytes] of entriesOf(table)) {
        this.#options.signal?.throwIfAborted();
        await this.#report(digest, () => check(digest, bytes));
      }
    } catch (error) {
      // The table itself: what comes behind the damage cannot be listed, but paths name what they need.
      if (!(error instanceof StoreError && error.code === 'corrupt')) throw error;
      this.#options.onProblem({ path: undefined, message: error.message });
    }
  }

  async #report(digest: Buffer, check: () => Promise<void>): Promise<void> {
    try {
      await check();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      // A collection may have removed it since it was listed.
      const { index, blobs } = this.#parts;
      index.refresh();
      if (!index.tables.blobs.has(digest) && !index.tables.directories.has(digest)) return;
      this.#options.onProblem({ path: undefined, message: error instanceof Error ? error.message : String(error) });
      if (this.#options.repair) await blobs.forgetDamaged([digest], this.#options);
    }
  }

  async #checkBlob(digest: Buffer, bytes: Buffer): Promise<void> {
    const record = decodeBlob(bytes);
    if (this.#options.checkContents) {
      for await (const _ of this.#parts.blobs.read(digest, this.#options));
      return;
    }
    const file = record.kind === 'file' ? this.#parts.blobs.fileOf(digest, record) : this.#parts.layout.pack(record.pack);
    const size = this.#sizeOf(file);
    if (size === undefined) throw new StoreError('corrupt', `blob ${hex(digest)}: its file '${file}' is missing`);
    if (size < endOf(record)) throw new StoreError('corrupt', `blob ${hex(digest)}: its file '${file}' is too short`);
  }

  #sizeOf(file: string): number | undefined {
    if (!this.#sizes.has(file)) this.#sizes.set(file, fs.statSync(file, { throwIfNoEntry: false })?.size);
    return this.#sizes.get(file);
  }

  #checkDirectory(digest: Buffer, bytes: Buffer): void {
    const { complete } = decodeDirectoryRecord(bytes);
    const directory = this.#parts.directories.find(digest);
    if (!complete || !directory) return;
    const { blobs, directories } = this.#parts.index.tables;
    for (const { node } of directory.entries) {
      if (node.type === 'symlink' || (node.type === 'file' && node.size === 0n)) continue;
      const table = node.type === 'file' ? blobs : directories;
      if (table.has(node.digest)) continue;
      throw new StoreError('corrupt', `directory ${hex(digest)} names the ${node.type} ${hex(node.digest)}, which is missing`);
    }
  }
}

const endOf = (record: BlobRecord) => (record.kind === 'pack' ? record.offset + record.size : record.size);

function* entriesOf(table: Table): Generator<[Buffer, Buffer], void, void> {
  for (let start = Buffer.alloc(0); ; ) {
    const entries = [...table.entries({ start, limit: listed })].map(({ key, value }) => [Buffer.from(key), value] as [Buffer, Buffer]);
    yield* entries;
    if (entries.length < listed) return;
    start = Buffer.concat([entries.at(-1)![0], Buffer.alloc(1)]);
  }
}
