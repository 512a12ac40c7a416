/**
 * What a thread tells of a tree beside its archive: records in front of the archive's part in a slot of the ring, with the digests of the files.
 *
 * ```
 *   slot      bytes of records u32 | 0 u32 | records … up to 128 KiB | a part of the archive
 *   record    kind u8 | flags u8 | bytes of name u16 | bytes of target u32 | offset u32 | bytes u32 | digest 32 | name | target
 * ```
 *
 * `offset` and `bytes` say where a file's contents are in the part of the archive.
 */
import type { Hasher, WasmHashes } from '@vixen/wasm';
import { viewOf } from './states.ts';
import type { TreeIngest } from './tree-ingest.ts';
import type { TreeSink } from './tree-sink.ts';

/** Where the archive begins in a slot. */
export const archiveAt = 128 * 1024;
/** Bytes of a slot. */
export const slotSize = archiveAt + 1024 * 1024;

const head = 8;
const fixedSize = 48;
// What a node may need at most: a name, a target, and two ends around them.
const reserved = 8 * 1024;

const kinds = { directory: 1, endDirectory: 2, symlink: 3, file: 4, beginFile: 5, contents: 6, endFile: 7 } as const;
type Kind = keyof typeof kinds;
const kindOf = Object.fromEntries(Object.entries(kinds).map(([kind, number]) => [number, kind as Kind]));

const flagExecutable = 1;
const flagHashed = 2;
const nothing = new Uint8Array();

interface Fields {
  readonly name?: Uint8Array;
  readonly target?: Uint8Array;
  readonly contents?: Uint8Array;
  readonly digest?: Uint8Array;
  readonly flags?: number;
}

/** Hashes files and writes records, slot after slot. */
export class RecordWriter implements TreeSink {
  readonly #hashes: WasmHashes;
  #slot: Uint8Array = nothing;
  #view = viewOf(nothing);
  #used = head;
  #hasher: Hasher | undefined;

  constructor(hashes: WasmHashes) {
    this.#hashes = hashes;
  }

  /** Goes on in another slot. */
  begin(slot: Uint8Array): void {
    this.#slot = slot;
    this.#view = viewOf(slot);
    this.#used = head;
  }

  /** Says how much there is, once the slot is full. */
  end(): void {
    this.#view.setUint32(0, this.#used, true);
  }

  get hasRoom(): boolean {
    return this.#used <= archiveAt - reserved;
  }

  directory(name: Uint8Array): void {
    this.#write('directory', { name });
  }

  endDirectory(): void {
    this.#write('endDirectory', {});
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.#write('symlink', { name, target });
  }

  file(name: Uint8Array, executable: boolean, contents: Uint8Array): void {
    this.#write('file', { name, contents, digest: this.#hashes.hash('blake3', contents), flags: executable ? flagExecutable : 0 });
  }

  beginFile(name: Uint8Array, executable: boolean): void {
    this.#hasher = this.#hashes.createHasher('blake3');
    this.#write('beginFile', { name, flags: executable ? flagExecutable : 0 });
  }

  // A file that another thread has begun is hashed by who takes it in.
  contents(contents: Uint8Array): void {
    this.#hasher?.update(contents);
    this.#write('contents', { contents });
  }

  endFile(): void {
    if (this.#hasher) this.#write('endFile', { digest: this.#hasher.digest(), flags: flagHashed });
    else this.#write('endFile', {});
    this.#hasher = undefined;
  }

  #write(kind: Kind, { name = nothing, target = nothing, contents, digest, flags = 0 }: Fields): void {
    const [view, at] = [this.#view, this.#used];
    view.setUint8(at, kinds[kind]);
    view.setUint8(at + 1, flags);
    view.setUint16(at + 2, name.length, true);
    view.setUint32(at + 4, target.length, true);
    if (contents) {
      view.setUint32(at + 8, contents.byteOffset - this.#slot.byteOffset, true);
      view.setUint32(at + 12, contents.length, true);
    }
    if (digest) this.#slot.set(digest, at + 16);
    this.#slot.set(name, at + fixedSize);
    this.#slot.set(target, at + fixedSize + name.length);
    this.#used = at + fixedSize + name.length + target.length;
  }
}

/** Tells the records of a slot. */
export function tellRecords(slot: Uint8Array, into: TreeIngest): void {
  // A copy, of which names and digests are parts: they stay when the slot does not.
  const records = slot.slice(0, viewOf(slot).getUint32(0, true));
  const view = viewOf(records);
  for (let at = head; at < records.length; ) {
    const targetAt = at + fixedSize + view.getUint16(at + 2, true);
    const end = targetAt + view.getUint32(at + 4, true);
    const name = records.subarray(at + fixedSize, targetAt);
    const flags = view.getUint8(at + 1);
    const executable = (flags & flagExecutable) !== 0;
    const digest = records.subarray(at + 16, at + fixedSize);
    const contents = () => {
      const from = view.getUint32(at + 8, true);
      return slot.subarray(from, from + view.getUint32(at + 12, true));
    };
    const kind = kindOf[view.getUint8(at)];
    if (kind === 'file') into.file(name, executable, contents(), digest);
    else if (kind === 'directory') into.directory(name);
    else if (kind === 'endDirectory') into.endDirectory();
    else if (kind === 'symlink') into.symlink(name, records.subarray(targetAt, end));
    else if (kind === 'beginFile') into.beginFile(name, executable, true);
    else if (kind === 'contents') into.contents(contents());
    else into.endFile((flags & flagHashed) !== 0 ? digest : undefined);
    at = end;
  }
}
