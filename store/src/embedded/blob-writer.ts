/**
 * Takes blobs in: small ones into a pack, large ones as files of their own. First the contents reach the disk, then the index names them, then they are
 * acknowledged. What comes while a commit is under way shares the next one.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { Hasher } from '@vixen/wasm';
import { hex } from '../castore/bytes.ts';
import type { Bytes, CallOptions } from '../service.ts';
import { wasmHashes } from '../wasm.ts';
import { type Files, type StoreLayout, systemCall } from './files.ts';
import type { IndexFile } from './index-file.ts';
import type { PackEntry, Packs, PackWriter } from './packs.ts';
import { type BlobRecord, decodeBlob, encodeBlob, restampBlob, stampOfBlob } from './records.ts';
import type { Session, Sessions } from './sessions.ts';

/** A blob that is larger is a file, so that checkouts can be links to it. */
export const smallBlob = 64 * 1024;

interface NewBlob {
  readonly digest: Uint8Array;
  readonly record: BlobRecord;
  /** The pack that it is moved from. */
  readonly from?: number | undefined;
}

interface Waiting {
  readonly session: Session;
  readonly blobs: readonly NewBlob[];
  /** Blobs that are there, and to be kept for the session. */
  readonly stale: readonly Uint8Array[];
  readonly done: (missing: readonly Uint8Array[]) => void;
  readonly failed: (error: unknown) => void;
}

export class BlobWriter {
  readonly #index: IndexFile;
  readonly #files: Files;
  readonly #layout: StoreLayout;
  readonly #packs: Packs;
  readonly #sessions: Sessions;
  readonly #folders = new Set<string>();
  #writing: Promise<PackWriter> | undefined;
  #full: PackWriter[] = [];
  #queue: Waiting[] = [];
  #committing: Promise<void> | undefined;
  #serial = 0;

  constructor(index: IndexFile, files: Files, layout: StoreLayout, packs: Packs, sessions: Sessions) {
    this.#index = index;
    this.#files = files;
    this.#layout = layout;
    this.#packs = packs;
    this.#sessions = sessions;
  }

  /** What is there and kept for the session already needs no transaction. */
  isFresh(digest: Uint8Array, session: Session): boolean {
    const bytes = this.#index.tables.blobs.glance(digest);
    return bytes !== undefined && stampOfBlob(bytes) >= session.stamp;
  }

  isKnown(digest: Uint8Array): boolean {
    return this.#index.tables.blobs.glance(digest) !== undefined;
  }

  /** Puts small blobs whose digests the caller has computed. */
  async putSmall(entries: readonly PackEntry[]): Promise<void> {
    const session = await this.#sessions.current();
    const missing = new Map<string, PackEntry>();
    const stale: PackEntry[] = [];
    for (const entry of entries) {
      if (this.isFresh(entry.digest, session)) continue;
      if (this.isKnown(entry.digest)) stale.push(entry);
      else missing.set(hex(entry.digest), entry);
    }
    if (missing.size === 0 && stale.length === 0) return;
    const digests = stale.map((entry) => entry.digest);
    const gone = await (missing.size === 0
      ? this.#commit(session, [], digests)
      : this.#appendAndCommit(session, [...missing.values()], digests));
    if (gone.length === 0) return;
    // Collected between the look and the commit.
    const again = new Set(gone.map(hex));
    await this.putSmall(stale.filter((entry) => again.has(hex(entry.digest))));
  }

  /** Writes blobs of a pack into another. */
  async move(from: number, entries: readonly PackEntry[]): Promise<void> {
    await this.#appendAndCommit(await this.#sessions.current(), entries, [], from);
  }

  async #appendAndCommit(
    session: Session,
    entries: readonly PackEntry[],
    stale: readonly Uint8Array[],
    from?: number,
  ): Promise<readonly Uint8Array[]> {
    for (;;) {
      this.#writing ??= this.#claim(session);
      const writing = this.#writing;
      const pack = await writing;
      if (pack.isFull) {
        if (this.#writing === writing) this.#startAnother(pack);
        continue;
      }
      // At once, so that whoever sees the pack full sees these blobs in the queue.
      const places = pack.append(entries);
      const blobs = places.map((place, i) => ({
        digest: entries[i]!.digest,
        record: { kind: 'pack', stamp: session.stamp, ...place } as const,
        from,
      }));
      return this.#commit(session, blobs, stale);
    }
  }

  #startAnother(pack: PackWriter): void {
    this.#full.push(pack);
    this.#writing = undefined;
  }

  #claim(session: Session): Promise<PackWriter> {
    const claimed = this.#packs.claim(session);
    claimed.catch(() => {
      if (this.#writing === claimed) this.#writing = undefined;
    });
    return claimed;
  }

  /** Puts a blob of any size, as it comes. `executable` says how it will be used first, not more. */
  async put(contents: Bytes, { signal, executable = false }: CallOptions & { readonly executable?: boolean }): Promise<Uint8Array> {
    const session = await this.#sessions.current();
    const stream = new LargeBlob(this.#files, this.#newFile());
    try {
      for await (const chunk of contents) {
        signal?.throwIfAborted();
        stream.write(chunk);
      }
      const small = stream.small();
      if (small) {
        const digest = wasmHashes().hash('blake3', small);
        await this.putSmall([{ digest, contents: small }]);
        return digest;
      }
      return await this.#keepLarge(stream, session, executable);
    } finally {
      stream.discard();
    }
  }

  #newFile(): string {
    this.#makeFolder(this.#layout.temporary);
    return path.join(this.#layout.temporary, `blob-${process.pid}-${Date.now().toString(36)}-${this.#serial++}`);
  }

  #makeFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#files.makeFolder(folder);
    this.#folders.add(folder);
  }

  async #keepLarge(stream: LargeBlob, session: Session, executable: boolean): Promise<Uint8Array> {
    const { digest, size } = stream.finish();
    if (this.isFresh(digest, session)) return digest;
    if (this.isKnown(digest) && (await this.#commit(session, [], [digest])).length === 0) return digest;
    const serial = await this.#index.write(() => this.#index.nextNumber('file'));
    const name = this.#layout.blob(hex(digest), serial, executable);
    const folder = path.dirname(name);
    const isNew = !this.#folders.has(folder);
    this.#makeFolder(folder);
    await stream.keep(name, executable);
    await this.#files.syncFolder(folder);
    if (isNew) await this.#files.syncFolder(this.#layout.blobs);
    await this.#commit(session, [{ digest, record: { kind: 'file', stamp: session.stamp, serial, executable, size } }], []);
    return digest;
  }

  /** Keeps blobs that are there for the session; answers those that are not there. */
  keep(session: Session, digests: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return this.#commit(session, [], digests);
  }

  #commit(session: Session, blobs: readonly NewBlob[], stale: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return new Promise((done, failed) => {
      this.#queue.push({ session, blobs, stale, done, failed });
      this.#committing ??= this.#commitAll();
    });
  }

  async #commitAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const waiting = this.#queue.splice(0);
      const full = this.#full.splice(0);
      try {
        if (waiting.some(({ blobs }) => blobs.some(({ record }) => record.kind === 'pack'))) await this.#syncPacks(full);
        const superfluous: string[] = [];
        const missing = await this.#index.write(() => {
          const answers = waiting.map((one) => this.#enter(one, superfluous));
          for (const pack of full) this.#packs.release(pack.id);
          return answers;
        });
        for (const pack of full) pack.close();
        for (const file of superfluous) this.#files.remove(file);
        for (const [i, one] of waiting.entries()) one.done(missing[i]!);
      } catch (error) {
        this.#full.unshift(...full);
        for (const one of waiting) one.failed(error);
      }
    }
    // In one step with the last look at the queue: what comes after it starts anew.
    this.#committing = undefined;
  }

  async #syncPacks(full: readonly PackWriter[]): Promise<void> {
    for (const pack of full) await pack.sync();
    await (await this.#writing)?.sync();
  }

  /** Within a transaction. Another process may have put the same meanwhile: what came first stays. */
  #enter({ session, blobs, stale }: Waiting, superfluous: string[]): Uint8Array[] {
    const table = this.#index.tables.blobs;
    const counts = new PackCounts();
    for (const { digest, record, from } of blobs) {
      const known = table.get(digest);
      const first = known && decodeBlob(known);
      if (record.kind === 'pack') counts.reach(record.pack, record.offset + record.size);
      if (from !== undefined) {
        // It may have been collected, or moved already.
        if (record.kind !== 'pack' || first?.kind !== 'pack' || first.pack !== from) continue;
        table.put(digest, encodeBlob({ ...record, stamp: first.stamp }));
        counts.add(from, -record.size);
        counts.add(record.pack, record.size);
      } else if (known) {
        this.#restamp(digest, known, session);
        if (record.kind === 'file') superfluous.push(this.#layout.blob(hex(digest), record.serial, record.executable));
      } else {
        table.put(digest, encodeBlob(record));
        if (record.kind === 'pack') counts.add(record.pack, record.size);
      }
    }
    for (const [id, { live, end }] of counts.packs) this.#packs.count(id, live, end);
    const missing: Uint8Array[] = [];
    for (const digest of stale) {
      const known = table.get(digest);
      if (known) this.#restamp(digest, known, session);
      else missing.push(digest);
    }
    return missing;
  }

  #restamp(digest: Uint8Array, known: Buffer, { stamp }: Session): void {
    if (stampOfBlob(known) < stamp) this.#index.tables.blobs.put(digest, restampBlob(known, stamp));
  }

  /** Ends writing; the pack is free for the next. */
  async close(): Promise<void> {
    await this.#committing;
    const pack = await this.#writing;
    for (const each of pack ? [...this.#full, pack] : this.#full) {
      await this.#index.write(() => this.#packs.release(each.id));
      each.close();
    }
    this.#full = [];
    this.#writing = undefined;
  }
}

/** The one that is coming in: in memory while it is small, then in a file. */
class LargeBlob {
  readonly #files: Files;
  readonly #name: string;
  #hasher: Hasher | undefined;
  #held: Uint8Array[] = [];
  #size = 0;
  #file: ReturnType<Files['create']> | undefined;
  #written = false;

  constructor(files: Files, name: string) {
    this.#files = files;
    this.#name = name;
  }

  write(chunk: Uint8Array): void {
    if (!this.#file && this.#size + chunk.length <= smallBlob) this.#held.push(chunk.slice());
    else this.#append(chunk);
    this.#size += chunk.length;
  }

  #append(chunk: Uint8Array): void {
    if (!this.#file) {
      this.#file = this.#files.create(this.#name);
      this.#written = true;
      this.#hasher = wasmHashes().createHasher('blake3');
      let at = 0;
      for (const held of this.#held) {
        this.#hasher.update(held);
        this.#file.write([held], at);
        at += held.length;
      }
      this.#held = [];
    }
    this.#hasher!.update(chunk);
    this.#file.write([chunk], this.#size);
  }

  /** All of it, where it is small. */
  small(): Uint8Array | undefined {
    return this.#file ? undefined : new Uint8Array(Buffer.concat(this.#held));
  }

  finish(): { digest: Uint8Array; size: number } {
    const digest = this.#hasher!.digest();
    this.#hasher = undefined;
    return { digest, size: this.#size };
  }

  /** Gives it its name, read-only and with the time that everything in a store has, once it is on the disk. */
  async keep(name: string, executable: boolean): Promise<void> {
    systemCall(`cannot change '${this.#name}'`, () => {
      fs.chmodSync(this.#name, executable ? 0o555 : 0o444);
      fs.utimesSync(this.#name, 1, 1);
    });
    await this.#file!.sync();
    this.#files.rename(this.#name, name);
    this.#written = false;
  }

  discard(): void {
    // Its digest is of no use, but gives its memory back.
    this.#hasher?.digest();
    this.#file?.close();
    if (this.#written) this.#files.remove(this.#name);
  }
}

/** What one transaction changes about packs. */
class PackCounts {
  readonly packs = new Map<number, { live: number; end: number }>();

  add(id: number, live: number): void {
    this.#of(id).live += live;
  }

  reach(id: number, end: number): void {
    const count = this.#of(id);
    count.end = Math.max(count.end, end);
  }

  #of(id: number): { live: number; end: number } {
    const known = this.packs.get(id);
    if (known) return known;
    const count = { live: 0, end: 0 };
    this.packs.set(id, count);
    return count;
  }
}
