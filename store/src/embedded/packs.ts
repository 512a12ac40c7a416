/**
 * Packs hold small blobs, one after another:
 *
 *     "vixen-pack 1\n" and zeros up to 16 bytes
 *     each blob: digest, 32 bytes · size, u64 little-endian · contents
 *
 * One session at a time writes a pack, behind the end that the index tells; what a killed writer left behind that end is written over. Names of packs are
 * never used again, so a pack that is gone is looked for in the index once more.
 */
import fs from 'node:fs';
import { StoreError } from '../errors.ts';
import { type Files, isSystemError, type OutputFile, type StoreLayout, systemError } from './files.ts';
import type { IndexFile } from './index-file.ts';
import { decodePack, encodePack, numberKey, type PackRecord } from './records.ts';
import type { Session, Sessions } from './sessions.ts';

const magic = Buffer.concat([Buffer.from('vixen-pack 1\n'), Buffer.alloc(3)]);
export const packHeader = magic.length;
export const entryHeader = 40;
/** A pack that is longer is written no more. */
const fullPack = 256 * 1024 * 1024;

export interface PackEntry {
  readonly digest: Uint8Array;
  readonly contents: Uint8Array;
}

export interface PackPlace {
  readonly pack: number;
  /** Of the contents. */
  readonly offset: number;
  readonly size: number;
}

/** A pack that this session writes. */
export class PackWriter {
  readonly id: number;
  readonly #file: OutputFile;
  #end: number;

  constructor(id: number, file: OutputFile, end: number) {
    this.id = id;
    this.#file = file;
    this.#end = end;
  }

  get end(): number {
    return this.#end;
  }

  get isFull(): boolean {
    return this.#end >= fullPack;
  }

  /** Writes blobs, and answers where they lie. They are safe after `sync`. */
  append(entries: readonly PackEntry[]): PackPlace[] {
    const headers = Buffer.alloc(entryHeader * entries.length);
    const buffers: Uint8Array[] = [];
    const places: PackPlace[] = [];
    let at = this.#end;
    for (const [i, { digest, contents }] of entries.entries()) {
      headers.set(digest, entryHeader * i);
      headers.writeUInt32LE(contents.length, entryHeader * i + 32);
      buffers.push(headers.subarray(entryHeader * i, entryHeader * (i + 1)));
      if (contents.length > 0) buffers.push(contents);
      places.push({ pack: this.id, offset: at + entryHeader, size: contents.length });
      at += entryHeader + contents.length;
    }
    this.#file.write(buffers, this.#end);
    this.#end = at;
    return places;
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  close(): void {
    this.#file.close();
  }
}

export class Packs {
  readonly #index: IndexFile;
  readonly #files: Files;
  readonly #layout: StoreLayout;
  readonly #sessions: Sessions;
  readonly #open = new Map<number, number>();

  constructor(index: IndexFile, files: Files, layout: StoreLayout, sessions: Sessions) {
    this.#index = index;
    this.#files = files;
    this.#layout = layout;
    this.#sessions = sessions;
  }

  /** A pack for a session to write: one that nobody writes any more and is not full, or a new one. */
  async claim(session: Session): Promise<PackWriter> {
    const { packs } = this.#index.tables;
    const claimed = await this.#index.write(() => {
      for (const { key, value } of packs.entries()) {
        const record = decodePack(value);
        if (record.end >= fullPack / 2 || this.isWritten(record)) continue;
        const id = Buffer.from(key).readUInt32BE(0);
        packs.put(numberKey(id), encodePack({ ...record, session: session.id }));
        return { id, end: record.end };
      }
      const id = this.#index.nextNumber('pack');
      packs.put(numberKey(id), encodePack({ session: session.id, end: packHeader, live: 0 }));
      return { id, end: packHeader };
    });
    return claimed.end === packHeader ? this.#create(claimed.id) : new PackWriter(claimed.id, this.#reopen(claimed.id), claimed.end);
  }

  async #create(id: number): Promise<PackWriter> {
    const name = this.#layout.pack(id);
    // A writer that was killed before its first commit has left the file.
    this.#files.remove(name);
    const file = this.#files.create(name);
    file.write([magic], 0);
    await this.#files.syncFolder(this.#layout.packs);
    return new PackWriter(id, file, packHeader);
  }

  #reopen(id: number): OutputFile {
    return this.#files.open(this.#layout.pack(id));
  }

  /** Whether an open session writes the pack. */
  isWritten({ session }: PackRecord): boolean {
    return session !== 0 && this.#sessions.isOpen(session);
  }

  /** Within a transaction: says that the session writes the pack no more. */
  release(id: number): void {
    const { packs } = this.#index.tables;
    const bytes = packs.get(numberKey(id));
    if (bytes) packs.put(numberKey(id), encodePack({ ...decodePack(bytes), session: 0 }));
  }

  /** Within a transaction: takes a pack that nobody writes, so that nobody begins to. */
  seize(id: number, session: number): boolean {
    const { packs } = this.#index.tables;
    const bytes = packs.get(numberKey(id));
    if (!bytes || this.isWritten(decodePack(bytes))) return false;
    packs.put(numberKey(id), encodePack({ ...decodePack(bytes), session }));
    return true;
  }

  /** Within a transaction: counts what has come to a pack, or gone from it. */
  count(id: number, live: number, end: number): void {
    const { packs } = this.#index.tables;
    const bytes = packs.get(numberKey(id));
    if (!bytes) throw new StoreError('corrupt', `the store's index is damaged: pack ${id} is missing`);
    const record = decodePack(bytes);
    packs.put(numberKey(id), encodePack({ ...record, live: record.live + live, end: Math.max(record.end, end) }));
  }

  /** Removes a pack that holds nothing; one that holds something is free again. */
  async remove(id: number): Promise<void> {
    const { packs } = this.#index.tables;
    const isGone = await this.#index.write(() => {
      const bytes = packs.get(numberKey(id));
      const isEmpty = bytes !== undefined && decodePack(bytes).live === 0;
      if (isEmpty) packs.remove(numberKey(id));
      else this.release(id);
      return isEmpty;
    });
    if (!isGone) return;
    this.#files.remove(this.#layout.pack(id));
    const fd = this.#open.get(id);
    if (fd === undefined) return;
    this.#open.delete(id);
    fs.closeSync(fd);
  }

  list(): { readonly id: number; readonly record: PackRecord }[] {
    const rows = [...this.#index.tables.packs.entries()];
    return rows.map(({ key, value }) => ({ id: Buffer.from(key).readUInt32BE(0), record: decodePack(value) }));
  }

  /** What stands in a pack up to `end`, as it was written: some of it may be garbage. Stops where the pack is damaged. */
  *entries(pack: number, end: number): Generator<{ readonly digest: Uint8Array; readonly place: PackPlace }, void, void> {
    for (let at = packHeader; at + entryHeader <= end; ) {
      const header = this.read({ pack, offset: at, size: entryHeader });
      if (header?.length !== entryHeader) return;
      const size = Buffer.from(header.buffer).readUInt32LE(32);
      yield { digest: header.subarray(0, 32), place: { pack, offset: at + entryHeader, size } };
      at += entryHeader + size;
    }
  }

  /** The bytes at a place; fewer where the pack is shorter; undefined where it is gone. They lie in `room`, where it is large enough. */
  read({ pack, offset, size }: PackPlace, room?: Uint8Array): Uint8Array | undefined {
    const fd = this.#descriptor(pack);
    if (fd === undefined) return undefined;
    const bytes = room && room.length >= size ? room.subarray(0, size) : new Uint8Array(size);
    try {
      let done = 0;
      while (done < size) {
        const count = fs.readSync(fd, bytes, done, size - done, offset + done);
        if (count === 0) return bytes.subarray(0, done);
        done += count;
      }
      return bytes;
    } catch (error) {
      throw systemError(`cannot read '${this.#layout.pack(pack)}'`, error);
    }
  }

  #descriptor(pack: number): number | undefined {
    const known = this.#open.get(pack);
    if (known !== undefined) return known;
    const name = this.#layout.pack(pack);
    try {
      const fd = fs.openSync(name, 'r');
      if (this.#open.size >= maxOpen) this.closeReaders();
      this.#open.set(pack, fd);
      return fd;
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return undefined;
      throw systemError(`cannot read '${name}'`, error);
    }
  }

  /** Closes what was open for reading; it is opened again when it is asked for. */
  closeReaders(): void {
    for (const fd of this.#open.values()) fs.closeSync(fd);
    this.#open.clear();
  }
}

const maxOpen = 32;
