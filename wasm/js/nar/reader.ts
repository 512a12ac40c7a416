/**
 * Reads Nix archives (Nix manual, "Nix Archive (NAR) format") as their bytes come, in constant memory, and refuses what Nix
 * refuses. It is a machine: each state reads one string and names the next state.
 */
import { NarError } from '../errors.ts';
import { magic, maxDepth, maxName, maxTag, maxTarget, padding } from './format.ts';

/** What is told of an archive, in its order. `path` is the names from the root, which is the empty list. */
export interface NarSink {
  directory(path: readonly string[]): void;
  endDirectory?(path: readonly string[]): void;
  file(path: readonly string[], file: { readonly executable: boolean; readonly size: number }): void;
  /** A part of the last file's contents, valid during the call. */
  contents(bytes: Uint8Array): void;
  endFile?(path: readonly string[]): void;
  symlink(path: readonly string[], target: string): void;
}

export interface NarReaderOptions {
  /** How the bytes of names and targets become strings; strict UTF-8 unless told. */
  readonly decode?: (bytes: Uint8Array) => string;
}

type State =
  | 'magic'
  | 'open'
  | 'type-tag'
  | 'type'
  | 'file-tag'
  | 'executable'
  | 'contents-tag'
  | 'file-close'
  | 'target-tag'
  | 'target'
  | 'symlink-close'
  | 'entry'
  | 'entry-open'
  | 'name-tag'
  | 'name'
  | 'node-tag'
  | 'entry-close'
  | 'size'
  | 'contents'
  | 'contents-padding'
  | 'end';

/** Feed it with `write`, then call `end`. After an error it must not be used again. */
export class NarReader {
  readonly #sink: NarSink;
  readonly #decode: (bytes: Uint8Array) => string;
  readonly #path: string[] = [];
  // The last name of each open directory.
  readonly #last: Uint8Array[] = [];
  readonly #held = new HeldBytes();
  #state: State = 'magic';
  #executable = false;
  #left = 0;
  #padding = 0;

  constructor(sink: NarSink, options: NarReaderOptions = {}) {
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    this.#sink = sink;
    this.#decode = options.decode ?? ((bytes) => utf8.decode(bytes));
  }

  /** Whether the archive is complete. */
  get finished(): boolean {
    return this.#state === 'end';
  }

  /** Takes in bytes; answers how many belonged to the archive, fewer than all when it ends before they do. */
  write(bytes: Uint8Array): number {
    let at = 0;
    while (this.#state !== 'end') {
      const used = this.#step(bytes, at);
      if (used < 0) return bytes.length;
      at += used;
    }
    return at;
  }

  /** Says that no more bytes come. */
  end(): void {
    if (this.#state !== 'end') throw new NarError('nar-truncated', 'unexpected end-of-file');
  }

  /** One piece of the input from `at`; answers how much was used, -1 when all of it was and more is needed. */
  #step(bytes: Uint8Array, at: number): number {
    if (this.#state === 'contents') return this.#readContents(bytes, at);
    const limit = limits[this.#state] ?? maxTag;
    if (this.#state === 'contents-padding') return this.#readFixed(bytes, at, this.#padding, (zeros) => this.#endContents(zeros));
    if (this.#state === 'size') return this.#readFixed(bytes, at, 8, (number) => this.#beginContents(number));
    const string = this.#held.string(bytes, at, limit, this.#state === 'magic' ? badMagic : tooLong);
    if (string === undefined) return -1;
    this.#state = this.#accept(string.bytes);
    return string.used;
  }

  #readFixed(bytes: Uint8Array, at: number, size: number, use: (bytes: Uint8Array) => void): number {
    const piece = this.#held.fixed(bytes, at, size);
    if (piece === undefined) return -1;
    use(piece.bytes);
    return piece.used;
  }

  #beginContents(number: Uint8Array): void {
    this.#left = readNumber(number, 0);
    if (!Number.isSafeInteger(this.#left)) throw bad('file is too large');
    this.#padding = padding(this.#left);
    this.#sink.file(this.#path, { executable: this.#executable, size: this.#left });
    this.#state = 'contents';
  }

  #readContents(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.#left, bytes.length - at);
    if (count > 0) this.#sink.contents(bytes.subarray(at, at + count));
    this.#left -= count;
    if (this.#left > 0) return -1;
    this.#state = 'contents-padding';
    return count;
  }

  #endContents(zeros: Uint8Array): void {
    checkZeros(zeros);
    this.#sink.endFile?.(this.#path);
    this.#state = 'file-close';
  }

  #accept(bytes: Uint8Array): State {
    switch (this.#state) {
      case 'magic':
        if (ascii(bytes) !== magic) throw badMagic();
        return 'open';
      case 'open':
        return expectTag(bytes, '(', 'type-tag');
      case 'type-tag':
        return expectTag(bytes, 'type', 'type');
      case 'type':
        return this.#acceptType(ascii(bytes));
      case 'file-tag':
        this.#executable = ascii(bytes) === 'executable';
        return this.#executable ? 'executable' : expectTag(bytes, 'contents', 'size');
      case 'executable':
        return 'contents-tag';
      case 'contents-tag':
        return expectTag(bytes, 'contents', 'size');
      case 'target-tag':
        return expectTag(bytes, 'target', 'target');
      case 'target':
        if (bytes.length === 0 || bytes.includes(0)) throw bad('NAR contains invalid symlink target');
        this.#sink.symlink(this.#path, this.#text(bytes));
        return 'symlink-close';
      case 'file-close':
      case 'symlink-close':
        return expectTag(bytes, ')', this.#afterNode());
      case 'entry':
        return this.#acceptEntry(ascii(bytes));
      case 'entry-open':
        return expectTag(bytes, '(', 'name-tag');
      case 'name-tag':
        return expectTag(bytes, 'name', 'name');
      case 'name':
        this.#acceptName(bytes);
        return 'node-tag';
      case 'node-tag':
        return expectTag(bytes, 'node', 'open');
      case 'entry-close':
        this.#path.pop();
        return expectTag(bytes, ')', 'entry');
      default:
        throw new Error(`no string is read in state ${this.#state}`);
    }
  }

  #acceptType(type: string): State {
    if (type === 'regular') return 'file-tag';
    if (type === 'symlink') return 'target-tag';
    if (type !== 'directory') throw bad(`unknown file type '${type}'`);
    this.#last.push(new Uint8Array());
    this.#sink.directory(this.#path);
    return 'entry';
  }

  #acceptEntry(tag: string): State {
    if (tag === ')') {
      this.#last.pop();
      this.#sink.endDirectory?.(this.#path);
      return this.#afterNode();
    }
    if (tag !== 'entry') throw bad(`expected tag 'entry' or ')', got '${tag}'`);
    return 'entry-open';
  }

  #acceptName(bytes: Uint8Array): void {
    const shown = ascii(bytes);
    if (shown === '' || shown === '.' || shown === '..' || bytes.includes(0x2f) || bytes.includes(0)) {
      throw bad(`NAR contains invalid file name '${shown}'`, 'nar-name');
    }
    if (compareBytes(bytes, this.#last[this.#last.length - 1]!) <= 0) throw bad('NAR directory is not sorted', 'nar-name');
    if (this.#last.length >= maxDepth) throw bad(`NAR directory nesting exceeds maximum depth of ${maxDepth}`, 'nar-depth');
    this.#last[this.#last.length - 1] = bytes.slice();
    this.#path.push(this.#text(bytes));
  }

  #afterNode(): State {
    return this.#path.length > 0 ? 'entry-close' : 'end';
  }

  #text(bytes: Uint8Array): string {
    try {
      return this.#decode(bytes);
    } catch (cause) {
      throw new NarError('nar-name', `bad archive: '${ascii(bytes)}' cannot be decoded`, { cause });
    }
  }
}

/** Reads a whole archive from chunks; what follows it is an error. */
export function readNar(chunks: Iterable<Uint8Array>, sink: NarSink, options?: NarReaderOptions): void {
  const reader = new NarReader(sink, options);
  for (const chunk of chunks) {
    if (reader.write(chunk) < chunk.length) throw bad('data after the end');
  }
  reader.end();
}

const limits: Readonly<Partial<Record<State, number>>> = { magic: magic.length, executable: 0, target: maxTarget, name: maxName };

/** The bytes of a string that lies across chunks. */
class HeldBytes {
  readonly #bytes = new Uint8Array(8 + maxTarget + 8);
  #size = 0;

  /** The next `size` bytes, or undefined when there are not as many yet: then the rest of `bytes` is kept. */
  fixed(bytes: Uint8Array, at: number, size: number): { bytes: Uint8Array; used: number } | undefined {
    const wanted = size - this.#size;
    if (bytes.length - at < wanted) {
      this.#bytes.set(bytes.subarray(at), this.#size);
      this.#size += bytes.length - at;
      return undefined;
    }
    if (this.#size === 0) return { bytes: bytes.subarray(at, at + size), used: size };
    this.#bytes.set(bytes.subarray(at, at + wanted), this.#size);
    this.#size = 0;
    return { bytes: this.#bytes.subarray(0, size), used: wanted };
  }

  /** The next string: a length of at most `limit`, that many bytes, zeros. */
  string(bytes: Uint8Array, at: number, limit: number, refuse: () => NarError): { bytes: Uint8Array; used: number } | undefined {
    const length = this.#peekNumber(bytes, at);
    if (length === undefined) return this.fixed(bytes, at, 8);
    if (length > limit) throw refuse();
    const whole = this.fixed(bytes, at, 8 + length + padding(length));
    if (whole === undefined) return undefined;
    checkZeros(whole.bytes.subarray(8 + length));
    return { bytes: whole.bytes.subarray(8, 8 + length), used: whole.used };
  }

  #peekNumber(bytes: Uint8Array, at: number): number | undefined {
    if (this.#size >= 8) return readNumber(this.#bytes, 0);
    if (this.#size === 0) return bytes.length - at >= 8 ? readNumber(bytes, at) : undefined;
    const missing = 8 - this.#size;
    if (bytes.length - at < missing) return undefined;
    const number = new Uint8Array(8);
    number.set(this.#bytes.subarray(0, this.#size));
    number.set(bytes.subarray(at, at + missing), this.#size);
    return readNumber(number, 0);
  }
}

function readNumber(bytes: Uint8Array, at: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}

function checkZeros(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw new NarError('nar-syntax', 'non-zero padding');
}

function expectTag<S>(bytes: Uint8Array, expected: string, next: S): S {
  const tag = ascii(bytes);
  if (tag !== expected) throw bad(`expected tag '${expected}', got '${tag}'`);
  return next;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bad = (message: string, code: 'nar-syntax' | 'nar-name' | 'nar-depth' = 'nar-syntax') =>
  new NarError(code, `bad archive: ${message}`);
const badMagic = () => bad("input doesn't look like a Nix archive");
const tooLong = () => new NarError('nar-syntax', 'string is too long');
