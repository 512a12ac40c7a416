/**
 * Takes blobs in: small ones into a pack, large ones as files of their own. First the contents reach the disk, then the index names them, then they are
 * acknowledged. What comes while a commit is under way shares the next one.
 */
import path from 'node:path';
import { digestKey, hex } from '../castore/bytes.ts';
import { StoreError } from '../errors.ts';
import type { BeginBlobOptions, BlobSink, Bytes, HashedBlob, PutBlobOptions, Taken } from '../service.ts';
import { BlobEntries, type NewBlob } from './blob-entries.ts';
import type { Files, StoreLayout } from './files.ts';
import { IncomingBlob, type IncomingOptions } from './incoming-blob.ts';
import type { IndexFile } from './index-file.ts';
import type { PackEntry, Packs, PackWriter } from './packs.ts';
import { smallBlob, stampOfBlob } from './records.ts';
import type { Session, Sessions } from './sessions.ts';

/** Numbers of files that are taken in one transaction. */
const serialsTaken = 64;

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
  /** How many wait for what they have put. */
  #awaited = 0;
  /** Small blobs that are written and not in the index yet, by digest. */
  readonly #written = new Map<string, { readonly stamp: number; readonly gone: Promise<unknown> }>();
  /** Files that are about to be kept, by digest. */
  readonly #keeping = new Map<string, Promise<void>>();
  #serials: Promise<number[]> = Promise.resolve([]);
  #fileCount = 0;

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
    await (await this.#takeSmall(entries)).durable();
  }

  /** Takes in blobs of which the caller has all contents and digests: they are written when it answers. */
  async take(blobs: readonly HashedBlob[]): Promise<Taken> {
    const small = blobs.filter(({ contents }) => contents.length <= smallBlob);
    const large = small.length < blobs.length ? blobs.filter(({ contents }) => contents.length > smallBlob) : [];
    const kept = large.map((blob) => quiet(this.#keepWhole(blob)));
    const { durable } = await this.#takeSmall(small);
    return { durable: () => this.#settle(allOf([durable(), ...kept])) };
  }

  async #takeSmall(entries: readonly PackEntry[]): Promise<Taken> {
    const session = await this.#sessions.current();
    const missing = new Map<string, PackEntry>();
    const stale: PackEntry[] = [];
    const under = new Set<Promise<unknown>>();
    for (const entry of entries) {
      const key = digestKey(entry.digest);
      const written = this.#written.get(key);
      if (written && written.stamp >= session.stamp) {
        under.add(written.gone);
        continue;
      }
      const known = this.#index.tables.blobs.glance(entry.digest);
      if (!known) missing.set(key, entry);
      // It may be collected before it is kept; then its contents are needed.
      else if (stampOfBlob(known) < session.stamp) stale.push({ ...entry, contents: entry.contents.slice() });
    }
    const digests = stale.map((entry) => entry.digest);
    if (missing.size > 0) under.add(this.#putGone(stale, (await this.#appendAndCommit(session, missing, digests)).gone));
    else if (stale.length > 0) under.add(this.#putGone(stale, this.#commit(session, [], digests)));
    const all = quiet(allOf([...under]));
    return { durable: () => this.#settle(all) };
  }

  /** Puts what was collected between the look and the commit. */
  async #putGone(stale: readonly PackEntry[], gone: Promise<readonly Uint8Array[]>): Promise<void> {
    const again = new Set((await gone).map(hex));
    if (again.size > 0) await this.putSmall(stale.filter((entry) => again.has(hex(entry.digest))));
  }

  /** Writes blobs of a pack into another. */
  async move(from: number, entries: readonly PackEntry[]): Promise<void> {
    const byDigest = new Map(entries.map((entry) => [digestKey(entry.digest), entry]));
    const { gone } = await this.#appendAndCommit(await this.#sessions.current(), byDigest, [], from);
    await this.#settle(gone);
  }

  /** Answers when the contents are written; `gone` tells which of the stale blobs are not there when that is durable. */
  async #appendAndCommit(
    session: Session,
    byDigest: ReadonlyMap<string, PackEntry>,
    stale: readonly Uint8Array[],
    from?: number,
  ): Promise<{ readonly gone: Promise<readonly Uint8Array[]> }> {
    for (;;) {
      this.#writing ??= this.#claim(session);
      const writing = this.#writing;
      const pack = await writing;
      if (pack.isFull) {
        if (this.#writing === writing) this.#startAnother(pack);
        continue;
      }
      // At once, so that whoever sees the pack full sees these blobs in the queue.
      const entries = [...byDigest.values()];
      const places = pack.append(entries);
      const blobs = places.map((place, i) => ({
        digest: entries[i]!.digest,
        record: { kind: 'pack', stamp: session.stamp, ...place } as const,
        from,
      }));
      const gone = this.#commit(session, blobs, stale);
      // What is moved keeps its stamp.
      if (from === undefined) this.#remember(byDigest.keys(), { stamp: session.stamp, gone });
      return { gone };
    }
  }

  #remember(keys: Iterable<string>, written: { readonly stamp: number; readonly gone: Promise<unknown> }): void {
    const all = [...keys];
    for (const key of all) this.#written.set(key, written);
    const forget = () => {
      for (const key of all) if (this.#written.get(key) === written) this.#written.delete(key);
    };
    written.gone.then(forget, forget);
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
  async put(contents: Bytes, options: PutBlobOptions): Promise<Uint8Array> {
    const sink = this.begin(options);
    try {
      for await (const chunk of contents) {
        options.signal?.throwIfAborted();
        sink.write(chunk);
      }
    } catch (error) {
      await sink.discard(error);
      throw error;
    }
    return sink.finish();
  }

  begin({ executable = false, hashed = false }: BeginBlobOptions): BlobSink {
    const blob = this.#incoming({ hashed });
    return {
      write: (bytes) => blob.write(bytes),
      finish: (digest) => this.#settle(this.#finish(blob, executable, digest)),
      discard: async () => blob.discard(),
    };
  }

  #incoming(options: IncomingOptions): IncomingBlob {
    this.#makeFolder(this.#layout.temporary);
    return new IncomingBlob(this.#files, this.#newFile(), options);
  }

  #newFile(): string {
    return path.join(this.#layout.temporary, `blob-${process.pid}-${Date.now().toString(36)}-${this.#fileCount++}`);
  }

  #makeFolder(folder: string): boolean {
    if (this.#folders.has(folder)) return false;
    this.#files.makeFolder(folder);
    this.#folders.add(folder);
    return true;
  }

  // What is held in memory is written, or found to be there, before the first wait.
  async #finish(blob: IncomingBlob, executable: boolean, given?: Uint8Array): Promise<Uint8Array> {
    try {
      const digest = given ?? blob.digest();
      if (blob.size <= smallBlob) await this.putSmall([{ digest, contents: blob.contents() }]);
      else await this.#keepOnce(digest, blob, executable);
      return digest;
    } finally {
      blob.discard();
    }
  }

  async #keepWhole({ digest, contents, executable = false }: HashedBlob): Promise<void> {
    await this.#finish(this.#incoming({ contents, hashed: true }), executable, digest);
  }

  async #keepOnce(digest: Uint8Array, blob: IncomingBlob, executable: boolean): Promise<void> {
    if (this.#sessions.now && this.isFresh(digest, this.#sessions.now)) return;
    const key = hex(digest);
    let kept = this.#keeping.get(key);
    if (!kept) {
      blob.toFile();
      kept = this.#keepLarge(digest, blob, executable).finally(() => this.#keeping.delete(key));
      this.#keeping.set(key, kept);
    }
    await kept;
  }

  async #keepLarge(digest: Uint8Array, file: IncomingBlob, executable: boolean): Promise<void> {
    const session = await this.#sessions.current();
    if (this.isFresh(digest, session)) return;
    if (this.isKnown(digest) && (await this.#commit(session, [], [digest])).length === 0) return;
    const serial = await this.#nextSerial();
    await this.#commit(
      session,
      [{ digest, record: { kind: 'file', stamp: session.stamp, serial, executable, size: file.size }, file }],
      [],
    );
  }

  async #nextSerial(): Promise<number> {
    for (;;) {
      const serials = this.#serials;
      const serial = (await serials).shift();
      if (serial !== undefined) return serial;
      if (this.#serials === serials) this.#serials = this.#takeSerials();
    }
  }

  #takeSerials(): Promise<number[]> {
    const taken = this.#index.write(() => {
      const first = this.#index.nextNumbers('file', serialsTaken);
      return Array.from({ length: serialsTaken }, (_, i) => first + i);
    });
    taken.catch(() => {
      if (this.#serials === taken) this.#serials = Promise.resolve([]);
    });
    return taken;
  }

  /** Keeps blobs that are there for the session; answers those that are not there. */
  keep(session: Session, digests: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return this.#settle(this.#commit(session, [], digests));
  }

  /** Enters blobs into the index, together with others. Nobody begins with that before somebody waits for it (`settle`). */
  #commit(session: Session, blobs: readonly NewBlob[], stale: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return new Promise((done, failed) => {
      this.#queue.push({ session, blobs, stale, done, failed });
      if (this.#awaited > 0) this.#begin();
    });
  }

  /** Commits what waits, and what comes until then. */
  async #settle<T>(promise: Promise<T>): Promise<T> {
    this.#awaited++;
    if (this.#queue.length > 0) this.#begin();
    try {
      return await promise;
    } finally {
      this.#awaited--;
    }
  }

  #begin(): void {
    this.#committing ??= this.#commitAll();
  }

  async #commitAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const waiting = this.#queue.splice(0);
      const full = this.#full.splice(0);
      try {
        const blobs = waiting.flatMap((one) => one.blobs);
        if (blobs.some(({ record }) => record.kind === 'pack')) await this.#syncPacks(full);
        await this.#nameFiles(blobs);
        const { superfluous, missing } = await this.#index.write(() => this.#enter(waiting, full));
        for (const pack of full) pack.close();
        for (const file of superfluous) this.#files.remove(file);
        for (const [i, one] of waiting.entries()) one.done(missing[i]!);
      } catch (error) {
        this.#full.unshift(...full);
        // Whether their names have reached the disk is not known.
        this.#folders.clear();
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

  /** Gives files their names once they are on the disk. */
  async #nameFiles(blobs: readonly NewBlob[]): Promise<void> {
    const files = blobs.filter(({ file }) => file);
    if (files.length === 0) return;
    await allOf(files.map(({ file, record }) => file!.sync(record.kind === 'file' && record.executable)));
    const folders = new Set<string>();
    let isNew = false;
    for (const { file, digest, record } of files) {
      if (record.kind !== 'file') continue;
      const name = this.#layout.blob(hex(digest), record.serial, record.executable);
      const folder = path.dirname(name);
      if (this.#makeFolder(folder)) isNew = true;
      file!.rename(name);
      folders.add(folder);
    }
    if (isNew) folders.add(this.#layout.blobs);
    await allOf([...folders].map((folder) => this.#files.syncFolder(folder)));
  }

  /** Within a transaction. */
  #enter(waiting: readonly Waiting[], full: readonly PackWriter[]) {
    const entries = new BlobEntries(this.#index, this.#layout);
    for (const { session, blobs } of waiting) for (const blob of blobs) entries.enter(session, blob);
    entries.countPacks(this.#packs);
    const missing = waiting.map(({ session, stale }) => stale.filter((digest) => !entries.keep(session, digest)));
    for (const pack of full) this.#packs.release(pack.id);
    return { superfluous: entries.superfluous, missing };
  }

  /** Ends writing; the pack is free for the next. */
  async close(): Promise<void> {
    await this.#committing;
    // What nobody waits for was not acknowledged.
    for (const one of this.#queue.splice(0)) one.failed(new StoreError('io', 'the store was closed'));
    const pack = await this.#writing;
    for (const each of pack ? [...this.#full, pack] : this.#full) {
      await this.#index.write(() => this.#packs.release(each.id));
      each.close();
    }
    this.#full = [];
    this.#writing = undefined;
  }
}

/** Whoever waits for it sees its error; until then it is not unhandled. */
function quiet(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}

/** Waits for all, so that nothing is under way after an error. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) if (result.status === 'rejected') throw result.reason;
}
