/** The buffer that archives are written in. */
import { magic, padding } from './format.ts';

const chunkSize = 256 * 1024;
// A name or a target, the tokens around it: what is written between two looks at the room.
const reserved = 16 * 1024;
const largestPadding = 8;

// Buffers of archives that are written: making one costs more than writing a small file's archive.
const spares: Uint8Array[] = [];
const mostSpares = 8;

const takeBuffer = (): Uint8Array => spares.pop() ?? new Uint8Array(chunkSize);

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** Collects an archive's tokens and contents in one buffer, to be taken a chunk at a time. */
export class NarChunks {
  #buffer: Uint8Array;
  #view: DataView;
  #used = 0;
  readonly #encode: (text: string) => Uint8Array;

  /** `buffer` is where it is collected; of its own unless told. */
  constructor(encode?: (text: string) => Uint8Array, buffer: Uint8Array = takeBuffer()) {
    this.#buffer = buffer;
    this.#view = viewOf(buffer);
    const utf8 = new TextEncoder();
    this.#encode = encode ?? ((text) => utf8.encode(text));
  }

  /** Whether a file of so many bytes fits, with the tokens around it. */
  fits(size: number): boolean {
    return this.#used + size + reserved <= this.#buffer.length;
  }

  get hasRoom(): boolean {
    return this.#used <= this.#buffer.length - reserved;
  }

  /** Strings: their length, their bytes, and zeros up to a multiple of eight. */
  text(...texts: string[]): void {
    for (const text of texts) this.bytes(this.#encode(text));
  }

  tokens(tokens: NarTokens): void {
    const bytes = encodedTokens[tokens];
    this.#need(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** A string that is bytes: a name, a target, the whole of a small file. */
  bytes(bytes: Uint8Array): void {
    this.#need(bytes.length + 16);
    this.number(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
    this.zeros(padding(bytes.length));
  }

  /** Bytes of a string whose length is written already. */
  raw(bytes: Uint8Array): void {
    this.#need(bytes.length);
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  number(value: number): void {
    this.#need(8);
    this.#view.setUint32(this.#used, value % 2 ** 32, true);
    this.#view.setUint32(this.#used + 4, Math.floor(value / 2 ** 32), true);
    this.#used += 8;
  }

  zeros(count: number): void {
    this.#need(count);
    this.#buffer.fill(0, this.#used, this.#used + count);
    this.#used += count;
  }

  /** Lets `read` put at most `limit` bytes at the end; answers those that it put. There is room for the padding behind them. */
  fill(limit: number, read: (into: Uint8Array) => number): Uint8Array {
    const from = this.#used;
    this.#used += read(this.#buffer.subarray(from, Math.min(from + limit, this.#buffer.length - largestPadding)));
    return this.#buffer.subarray(from, this.#used);
  }

  /** Whether so many bytes would be cut here, and not in an empty buffer. */
  wouldCut(size: number): boolean {
    const most = this.#buffer.length - largestPadding;
    return size <= most && this.#used + size > most;
  }

  /** What has been collected; the buffer is written over after that. */
  take(): Uint8Array {
    const chunk = this.#buffer.subarray(0, this.#used);
    this.#used = 0;
    return chunk;
  }

  /** Gives back a buffer of its own; nothing may be written after that. */
  release(): void {
    if (spares.length < mostSpares) spares.push(this.#buffer);
  }

  // Only an absurdly long name or target, of a file system with other limits than POSIX's, makes the buffer grow.
  #need(count: number): void {
    if (this.#used + count <= this.#buffer.length) return;
    const larger = new Uint8Array((this.#used + count) * 2);
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
    this.#view = viewOf(larger);
  }
}

/** Strings that follow one another, as they stand in archives. */
function encoded(...strings: string[]): Uint8Array {
  const chunks = new NarChunks(undefined, new Uint8Array(32 * strings.length));
  chunks.text(...strings);
  return chunks.take();
}

const encodedTokens = {
  magic: encoded(magic),
  directory: encoded('(', 'type', 'directory'),
  symlink: encoded('(', 'type', 'symlink', 'target'),
  file: encoded('(', 'type', 'regular', 'contents'),
  executable: encoded('(', 'type', 'regular', 'executable', '', 'contents'),
  entry: encoded('entry', '(', 'name'),
  node: encoded('node'),
  /** Ends a node. */
  end: encoded(')'),
  /** Ends a node and the entry that it is. */
  endEntry: encoded(')', ')'),
};

export type NarTokens = keyof typeof encodedTokens;
