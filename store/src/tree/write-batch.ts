/**
 * Files to be written, as they go to writer threads: records one after another in a buffer.
 *
 * ```
 *   bytes of the path u32 | flags u32 | bytes of contents u32 | path | contents
 * ```
 *
 * The record of a file that goes on in the next batch says `more`; there its path is empty. Instead of contents a record may say where they lie:
 *
 * ```
 *   digest 32 | bytes u32 | number of the file u32 | offset f64
 * ```
 */

export const flagExecutable = 1;
export const flagMore = 2;
export const flagPlaced = 4;

const headerSize = 12;
const nothing = new Uint8Array();
/** Bytes of a full batch. */
export const batchSize = 1024 * 1024;
/** Bytes that one begins with: most trees that builds are given are tiny. */
const firstSize = 32 * 1024;
// What a record needs at least: its header, a path of any length that the system takes, and some contents.
const reserved = 16 * 1024;

/** Where the contents of a blob lie in a file of this machine. */
export interface BlobPlace {
  readonly file: string;
  readonly offset: number;
  readonly size: number;
}

/** A place, and what has to be there. Files are numbered, for they are few. */
export interface PlacedBlob {
  readonly digest: Uint8Array;
  readonly file: number;
  readonly offset: number;
  readonly size: number;
}

const placeSize = 48;

export interface WriteRecord {
  readonly path: Uint8Array;
  readonly executable: boolean;
  /** Whether contents follow in another batch. */
  readonly more: boolean;
  /** Empty where `placed` says where they lie. */
  readonly contents: Uint8Array;
  readonly placed: PlacedBlob | undefined;
}

export class WriteBatch {
  #buffer: ArrayBuffer;
  #bytes: Uint8Array;
  #view: DataView;
  #used = 0;
  #header = 0;

  constructor(buffer = new ArrayBuffer(firstSize)) {
    this.#buffer = buffer;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Grows while records are added. */
  get buffer(): ArrayBuffer {
    return this.#buffer;
  }

  get used(): number {
    return this.#used;
  }

  get hasRoom(): boolean {
    return this.#used <= batchSize - reserved;
  }

  /** Begins a record; `path` is empty where an earlier batch has it. */
  begin(path: Uint8Array, executable: boolean): void {
    this.#makeRoom(headerSize + path.length);
    this.#header = this.#used;
    this.#view.setUint32(this.#header, path.length, true);
    this.#view.setUint32(this.#header + 4, executable ? flagExecutable : 0, true);
    this.#bytes.set(path, this.#header + headerSize);
    this.#used = this.#header + headerSize + path.length;
    this.#view.setUint32(this.#header + 8, 0, true);
  }

  /** Adds contents to the last record; answers how many bytes there was room for. */
  add(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, batchSize - this.#used);
    this.#makeRoom(taken);
    this.#bytes.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#used);
    this.#used += taken;
    this.#view.setUint32(this.#header + 8, this.#view.getUint32(this.#header + 8, true) + taken, true);
    return taken;
  }

  /** Says where the contents of the last record lie. There is room for that in any batch that has room. */
  addPlace({ digest, file, offset, size }: PlacedBlob): void {
    this.#makeRoom(placeSize);
    const [view, at] = [this.#view, this.#used];
    this.#bytes.set(digest, at);
    view.setUint32(at + 32, size, true);
    view.setUint32(at + 36, file, true);
    view.setFloat64(at + 40, offset, true);
    view.setUint32(this.#header + 8, placeSize, true);
    this.#mark(flagPlaced);
    this.#used = at + placeSize;
  }

  /** Says that the last record's file goes on in another batch. */
  markMore(): void {
    this.#mark(flagMore);
  }

  #makeRoom(wanted: number): void {
    const size = this.#used + wanted;
    if (size <= this.#buffer.byteLength) return;
    const buffer = new ArrayBuffer(Math.min(batchSize, Math.max(size, this.#buffer.byteLength * 4)));
    const bytes = new Uint8Array(buffer);
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#buffer = buffer;
    this.#bytes = bytes;
    this.#view = new DataView(buffer);
  }

  #mark(flag: number): void {
    this.#view.setUint32(this.#header + 4, this.#view.getUint32(this.#header + 4, true) | flag, true);
  }
}

function placeAt(view: DataView, at: number): PlacedBlob {
  return {
    digest: new Uint8Array(view.buffer, at, 32),
    size: view.getUint32(at + 32, true),
    file: view.getUint32(at + 36, true),
    offset: view.getFloat64(at + 40, true),
  };
}

/** The records of a batch of `used` bytes. */
export function* recordsOf(buffer: ArrayBuffer, used: number): Generator<WriteRecord, void, void> {
  const view = new DataView(buffer);
  for (let at = 0; at < used; ) {
    const pathEnd = at + headerSize + view.getUint32(at, true);
    const flags = view.getUint32(at + 4, true);
    const end = pathEnd + view.getUint32(at + 8, true);
    const contents = new Uint8Array(buffer, pathEnd, end - pathEnd);
    const placed = (flags & flagPlaced) !== 0 ? placeAt(view, pathEnd) : undefined;
    yield {
      path: new Uint8Array(buffer, at + headerSize, pathEnd - at - headerSize),
      executable: (flags & flagExecutable) !== 0,
      more: (flags & flagMore) !== 0,
      contents: placed ? nothing : contents,
      placed,
    };
    at = end;
  }
}
