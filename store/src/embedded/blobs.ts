/** The blobs of an embedded store. All that is read is verified; what is damaged is named, with its file. */
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import { equalBytes, hex } from '../castore/bytes.ts';
import type { FileNode } from '../castore/node.ts';
import { notFound, StoreError } from '../errors.ts';
import type {
  BeginBlobOptions,
  BlobService,
  BlobSink,
  BlobStat,
  Bytes,
  CallOptions,
  HashedBlob,
  PutBlobOptions,
  ReadBlobOptions,
  ReadManyOptions,
  Taken,
} from '../service.ts';
import type { BlobPlace } from '../tree/index.ts';
import { blake3, wasmHashes } from '../wasm.ts';
import type { BlobWriter } from './blob-writer.ts';
import { isSystemError, type StoreLayout, systemError } from './files.ts';
import type { IndexFile } from './index-file.ts';
import type { Packs } from './packs.ts';
import { type BlobRecord, decodeBlob, smallBlob } from './records.ts';
import type { Sessions } from './sessions.ts';

const chunkSize = 256 * 1024;
const readAtOnce = 512 * 1024;
const roomFor = (size: number, room: Uint8Array | undefined) =>
  room && room.length >= size ? room.subarray(0, size) : new Uint8Array(size);
type FileRecord = Extract<BlobRecord, { kind: 'file' }>;
type PackRecord = Extract<BlobRecord, { kind: 'pack' }>;

export class EmbeddedBlobs implements BlobService {
  readonly #index: IndexFile;
  readonly #layout: StoreLayout;
  readonly #packs: Packs;
  readonly #writer: BlobWriter;
  readonly #sessions: Sessions;
  /** Files that were read in whole and found good, by serial: of them, parts are given without reading the whole again. */
  readonly #verified = new Set<number>();

  constructor(index: IndexFile, layout: StoreLayout, packs: Packs, writer: BlobWriter, sessions: Sessions) {
    this.#index = index;
    this.#layout = layout;
    this.#packs = packs;
    this.#writer = writer;
    this.#sessions = sessions;
  }

  async has(digests: readonly Uint8Array[], { signal }: CallOptions = {}): Promise<boolean[]> {
    signal?.throwIfAborted();
    if (digests.length === 0) return [];
    const session = await this.#sessions.current();
    const stale = digests.filter((digest) => !this.#writer.isFresh(digest, session) && this.#writer.isKnown(digest));
    if (stale.length > 0) await this.#writer.keep(session, stale);
    return digests.map((digest) => this.#writer.isFresh(digest, session));
  }

  async stat(digest: Uint8Array, { signal }: CallOptions = {}): Promise<BlobStat | undefined> {
    signal?.throwIfAborted();
    const record = this.#find(digest);
    return record && { size: BigInt(record.size), chunks: [] };
  }

  async *read(digest: Uint8Array, options: ReadBlobOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    options.signal?.throwIfAborted();
    const { offset = 0, length = Number.MAX_SAFE_INTEGER } = options;
    const record = this.#find(digest);
    if (!record) throw notFound(`blob ${hex(digest)}`);
    if (record.kind === 'file') {
      yield* this.#readFile(digest, record, offset, length, options);
      return;
    }
    const contents = this.#readSmall(digest, record, options);
    if (!contents) throw notFound(`blob ${hex(digest)}`);
    const part = contents.subarray(Math.min(offset, contents.length), Math.min(offset + length, contents.length));
    if (part.length > 0) yield part;
  }

  async readMany(digests: readonly Uint8Array[], { signal, room, check }: ReadManyOptions = {}): Promise<(Uint8Array | undefined)[]> {
    signal?.throwIfAborted();
    const found: (Uint8Array | undefined)[] = [];
    let used = 0;
    for (const digest of digests) {
      const record = this.#find(digest);
      if (record?.kind === 'file') {
        found.push(await this.#whole(digest, { signal, check }));
        continue;
      }
      const bytes = record && this.#readSmall(digest, record, { check, room: room?.subarray(used) });
      found.push(bytes);
      // What does not fit lies elsewhere, and takes no room.
      if (bytes && bytes.buffer === room?.buffer) used += (bytes.length + 7) & ~7;
    }
    return found;
  }

  async #whole(digest: Uint8Array, options: ReadManyOptions): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const chunk of this.read(digest, options)) parts.push(chunk);
    return new Uint8Array(Buffer.concat(parts));
  }

  put(contents: Bytes, options: PutBlobOptions = {}): Promise<Uint8Array> {
    return this.#writer.put(contents, options);
  }

  begin(options: BeginBlobOptions = {}): BlobSink {
    return this.#writer.begin(options);
  }

  async take(blobs: readonly HashedBlob[], { signal }: CallOptions = {}): Promise<Taken> {
    signal?.throwIfAborted();
    return this.#writer.take(blobs);
  }

  async putMany(contents: readonly Uint8Array[], options: CallOptions = {}): Promise<Uint8Array[]> {
    options.signal?.throwIfAborted();
    const entries = contents.map((blob) => ({ digest: blake3(blob), contents: blob }));
    await (await this.#writer.take(entries)).durable();
    return entries.map((entry) => entry.digest);
  }

  #find(digest: Uint8Array): BlobRecord | undefined {
    const bytes = this.#index.tables.blobs.glance(digest);
    return bytes && decodeBlob(bytes);
  }

  /** A blob in a pack. A collection may have moved it: then the index tells where to. */
  #readSmall(digest: Uint8Array, record: PackRecord, { room, check = true }: ReadManyOptions): Uint8Array | undefined {
    let place = record;
    for (;;) {
      const bytes = this.#packs.read(place, room);
      if (bytes?.length === place.size && (!check || equalBytes(blake3(bytes), digest))) return bytes;
      this.#index.refresh();
      const now = this.#find(digest);
      if (!now || now.kind === 'file') return undefined;
      if (now.pack === place.pack && now.offset === place.offset)
        throw this.#damaged(digest, now, bytes ? undefined : 'the file is missing');
      place = now;
    }
  }

  async *#readFile(
    digest: Uint8Array,
    record: FileRecord,
    offset: number,
    length: number,
    options: ReadBlobOptions,
  ): AsyncGenerator<Uint8Array, void, void> {
    const whole = offset === 0 && length >= record.size;
    if (whole && record.size <= readAtOnce) {
      yield this.#readWhole(digest, record, options);
      return;
    }
    if (!whole && !this.#verified.has(record.serial)) for await (const _ of this.#readFile(digest, record, 0, record.size, options));
    const hasher = whole && options.check !== false ? wasmHashes().createHasher('blake3') : undefined;
    const handle = await this.#openFile(digest, record);
    try {
      const end = Math.min(record.size, offset + length);
      for (let at = offset; at < end; ) {
        options.signal?.throwIfAborted();
        const buffer = roomFor(Math.min(chunkSize, end - at), options.room);
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, at).catch((error) => {
          throw systemError(`cannot read '${this.fileOf(digest, record)}'`, error);
        });
        if (bytesRead === 0) throw this.#damaged(digest, record, 'it is shorter than recorded');
        const chunk = buffer.subarray(0, bytesRead);
        hasher?.update(chunk);
        at += bytesRead;
        // The last piece is given only when all of them are known to be good.
        if (at === end && hasher && !equalBytes(hasher.digest(), digest)) throw this.#damaged(digest, record);
        if (at === end && hasher) this.#verified.add(record.serial);
        yield chunk;
      }
    } finally {
      await handle.close();
    }
  }

  /** Reads a file that is not large at once, as blobs in packs are read: the thread pool costs more than that. */
  #readWhole(digest: Uint8Array, record: FileRecord, { room, check = true }: ReadManyOptions): Uint8Array {
    const bytes = roomFor(record.size, room);
    const file = this.fileOf(digest, record);
    let done = 0;
    try {
      const fd = fs.openSync(file, 'r');
      try {
        for (let count = -1; done < bytes.length && count !== 0; done += count) {
          count = fs.readSync(fd, bytes, done, bytes.length - done, done);
        }
      } finally {
        fs.closeSync(fd);
      }
    } catch (error) {
      throw this.#unreadable(digest, record, error);
    }
    if (done < bytes.length) throw this.#damaged(digest, record, 'it is shorter than recorded');
    if (!check) return bytes;
    if (!equalBytes(blake3(bytes), digest)) throw this.#damaged(digest, record);
    this.#verified.add(record.serial);
    return bytes;
  }

  async #openFile(digest: Uint8Array, record: FileRecord): Promise<fsp.FileHandle> {
    try {
      return await fsp.open(this.fileOf(digest, record), 'r');
    } catch (error) {
      throw this.#unreadable(digest, record, error);
    }
  }

  #unreadable(digest: Uint8Array, record: FileRecord, error: unknown): unknown {
    if (!isSystemError(error, 'ENOENT')) return systemError(`cannot read '${this.fileOf(digest, record)}'`, error);
    this.#index.refresh();
    return this.#find(digest) ? this.#damaged(digest, record, 'the file is missing') : notFound(`blob ${hex(digest)}`);
  }

  fileOf(digest: Uint8Array, { serial, executable }: FileRecord): string {
    return this.#layout.blob(hex(digest), serial, executable);
  }

  /**
   * A blob's own file, where it has one, in the canonical form, to be linked. Links share their mode: a blob that is used as an executable and as
   * plain file has a file for each.
   */
  linkable({ digest, size, executable }: FileNode): Promise<string> | string | undefined {
    // Small blobs lie in packs: they need not be looked up for that.
    const record = size > smallBlob ? this.#find(digest) : undefined;
    if (record?.kind !== 'file') return undefined;
    const file = this.fileOf(digest, record);
    return record.executable === executable ? file : this.#otherFile(file, this.fileOf(digest, { ...record, executable }), executable);
  }

  /** Where a small blob lies, for who reads and verifies it. A collection may move it at any time: then `readMany` finds it. */
  placeOf({ digest, size }: FileNode): BlobPlace | undefined {
    const record = size <= smallBlob ? this.#find(digest) : undefined;
    return record?.kind === 'pack' ? { file: this.#layout.pack(record.pack), offset: record.offset, size: record.size } : undefined;
  }

  async #otherFile(file: string, other: string, executable: boolean): Promise<string> {
    if (!fs.existsSync(other)) await this.#copy(file, other, executable);
    return other;
  }

  async #copy(file: string, other: string, executable: boolean): Promise<void> {
    const temporary = `${other}.${process.pid}-${Date.now().toString(36)}`;
    try {
      await fsp.copyFile(file, temporary, fs.constants.COPYFILE_FICLONE);
      fs.chmodSync(temporary, executable ? 0o555 : 0o444);
      fs.utimesSync(temporary, 1, 1);
      const handle = await fsp.open(temporary, 'r');
      await handle.sync().finally(() => handle.close());
      fs.renameSync(temporary, other);
    } catch (error) {
      fs.rmSync(temporary, { force: true });
      throw systemError(`cannot copy '${file}'`, error);
    }
  }

  #damaged(digest: Uint8Array, record: BlobRecord, why = 'its contents have changed'): StoreError {
    const where = record.kind === 'file' ? `'${this.fileOf(digest, record)}'` : `'${this.#layout.pack(record.pack)}' at ${record.offset}`;
    return new StoreError('corrupt', `blob ${hex(digest)} (${record.size} bytes in ${where}) is damaged: ${why}`);
  }

  /** Reads blobs, and forgets those that are damaged, so that they can be put again. */
  async forgetDamaged(digests: Iterable<Uint8Array>, options: CallOptions): Promise<void> {
    for (const digest of digests) {
      try {
        if (this.#find(digest)) for await (const _ of this.read(digest, options));
      } catch (error) {
        if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
        await this.#index.write(() => this.#index.tables.blobs.remove(digest));
      }
    }
  }

  closeReaders(): void {
    this.#packs.closeReaders();
  }
}
