/** What one transaction writes about blobs. */
import { hex } from '../castore/bytes.ts';
import type { StoreLayout } from './files.ts';
import type { IncomingBlob } from './incoming-blob.ts';
import type { IndexFile } from './index-file.ts';
import type { Packs } from './packs.ts';
import { type BlobRecord, decodeBlob, encodeBlob, restampBlob, stampOfBlob } from './records.ts';
import type { Session } from './sessions.ts';

export interface NewBlob {
  readonly digest: Uint8Array;
  readonly record: BlobRecord;
  /** What is to become a file. */
  readonly file?: IncomingBlob;
  /** The pack that it is moved from. */
  readonly from?: number | undefined;
}

export class BlobEntries {
  /** Files whose blobs are there already. */
  readonly superfluous: string[] = [];
  readonly #index: IndexFile;
  readonly #layout: StoreLayout;
  readonly #packs = new Map<number, { live: number; end: number }>();

  constructor(index: IndexFile, layout: StoreLayout) {
    this.#index = index;
    this.#layout = layout;
  }

  /** Another process may have put the same meanwhile: what came first stays. */
  enter(session: Session, { digest, record, from }: NewBlob): void {
    if (record.kind === 'pack') this.#reach(record.pack, record.offset + record.size);
    if (from !== undefined) this.#move(digest, record, from);
    else if (!this.keep(session, digest)) {
      this.#index.tables.blobs.put(digest, encodeBlob(record));
      if (record.kind === 'pack') this.#add(record.pack, record.size);
    } else if (record.kind === 'file') {
      this.superfluous.push(this.#layout.blob(hex(digest), record.serial, record.executable));
    }
  }

  #move(digest: Uint8Array, record: BlobRecord, from: number): void {
    const table = this.#index.tables.blobs;
    const known = table.get(digest);
    const first = known && decodeBlob(known);
    // It may have been collected, or moved already.
    if (record.kind !== 'pack' || first?.kind !== 'pack' || first.pack !== from) return;
    table.put(digest, encodeBlob({ ...record, stamp: first.stamp }));
    this.#add(from, -record.size);
    this.#add(record.pack, record.size);
  }

  /** Keeps a blob for the session; answers whether it is there. */
  keep({ stamp }: Session, digest: Uint8Array): boolean {
    const table = this.#index.tables.blobs;
    const known = table.glance(digest);
    if (known && stampOfBlob(known) < stamp) table.put(digest, restampBlob(table.get(digest)!, stamp));
    return known !== undefined;
  }

  /** At the end: what has come to packs, or gone from them. */
  countPacks(packs: Packs): void {
    for (const [id, { live, end }] of this.#packs) packs.count(id, live, end);
  }

  #add(pack: number, live: number): void {
    this.#countOf(pack).live += live;
  }

  #reach(pack: number, end: number): void {
    const count = this.#countOf(pack);
    count.end = Math.max(count.end, end);
  }

  #countOf(pack: number): { live: number; end: number } {
    const known = this.#packs.get(pack);
    if (known) return known;
    const count = { live: 0, end: 0 };
    this.#packs.set(pack, count);
    return count;
  }
}
