/** Reads Nix archives as their bytes come: the structure is read in Wasm (assembly/nar-read.ts), contents of files pass by without being copied. */
import { NarError, type WasmErrorCode } from '../errors.ts';
import type { Lease } from '../instance.ts';
import type { WasmHashes } from '../module.ts';
import { decodeText } from '../text.ts';

/**
 * What is told of an archive, in its order. Names and targets are bytes, which the sink may keep; the root's name is empty.
 */
export interface NarNodeSink {
  directory(name: Uint8Array): void;
  endDirectory(): void;
  /** A file of `size` bytes, whose contents begin at byte `offset` of the archive. */
  file(name: Uint8Array, size: number, executable: boolean, offset: number): void;
  /** A part of the last file's contents: a part of the input, valid as long as that. Not called for empty files. */
  data(bytes: Uint8Array): void;
  endFile?(): void;
  symlink(name: Uint8Array, target: Uint8Array): void;
}

// assembly/nar-read.ts, NarEvent.
const MORE = 0;
const DIRECTORY = 1;
const END_DIRECTORY = 2;
const FILE = 3;
const END_FILE = 4;
const SYMLINK = 5;
const END = 6;

// Enough for the structure around some small files.
const windowSize = 16 * 1024;

/** Feed it with `write`, then call `end`, or `close` to give up. After an error it is closed. */
export class NarParser {
  readonly #wasm: WasmHashes['instance'];
  readonly #sink: NarNodeSink;
  readonly #lease: Lease;
  readonly #context: number;
  readonly #window: number;
  #left = 0;
  #read = 0;
  #finished = false;

  constructor({ instance }: WasmHashes, sink: NarNodeSink) {
    this.#wasm = instance;
    this.#sink = sink;
    this.#lease = instance.lend(this, [instance.exports.NAR_READ_CTX_SIZE.value, windowSize]);
    [this.#context, this.#window] = this.#lease.addresses as unknown as [number, number];
    instance.exports.narReadInit(this.#context);
  }

  /** Whether the archive is complete. */
  get finished(): boolean {
    return this.#finished;
  }

  /** Bytes of the archive so far. */
  get size(): number {
    return this.#read;
  }

  /** Takes in bytes; answers how many belonged to the archive, fewer than all when it ends before they do. Throws `NarError`. */
  write(bytes: Uint8Array): number {
    if (this.#finished) return 0;
    if (!this.#lease.open) throw new Error('the archive is closed');
    try {
      return this.#write(bytes);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Says that no more bytes come. */
  end(): void {
    this.close();
    if (!this.#finished) throw new NarError('nar-truncated', 'unexpected end-of-file');
  }

  close(): void {
    this.#lease.release();
  }

  #write(bytes: Uint8Array): number {
    let at = 0;
    for (;;) {
      at += this.#pass(bytes, at, bytes.length);
      if (this.#left > 0) return at;
      at += this.#readStructure(bytes, at);
      if (this.#finished) return at;
      if (this.#left === 0 && at === bytes.length) return at;
    }
  }

  /** Passes contents on; answers how many bytes. */
  #pass(bytes: Uint8Array, at: number, end: number): number {
    const size = Math.min(this.#left, end - at);
    if (size === 0) return 0;
    this.#left -= size;
    this.#read += size;
    this.#sink.data(bytes.subarray(at, at + size));
    return size;
  }

  /** Reads what the window can hold, up to contents that go beyond it; answers how many bytes were used. */
  #readStructure(bytes: Uint8Array, start: number): number {
    const { exports } = this.#wasm;
    const context = this.#context;
    const size = Math.min(windowSize, bytes.length - start);
    this.#wasm.bytes.set(bytes.subarray(start, start + size), this.#window);
    let at = 0;
    for (;;) {
      const event = exports.narRead(context, this.#window + at, size - at);
      const used = exports.narReadUsed(context);
      at += used;
      this.#read += used;
      if (event === MORE) return at;
      if (event === END) {
        this.#finished = true;
        this.close();
        return at;
      }
      this.#tell(event);
      at += this.#pass(bytes, start + at, start + size);
      if (this.#left > 0) return at;
    }
  }

  #tell(event: number): void {
    const { exports } = this.#wasm;
    if (event === DIRECTORY) this.#sink.directory(this.#text());
    else if (event === END_DIRECTORY) this.#sink.endDirectory();
    else if (event === END_FILE) this.#sink.endFile?.();
    else if (event === SYMLINK) this.#sink.symlink(this.#text(), this.#target());
    else if (event === FILE) {
      this.#left = exports.narReadSize(this.#context);
      this.#sink.file(this.#text(), this.#left, exports.narReadExecutable(this.#context) !== 0, this.#read);
    } else throw this.#refusal(event);
  }

  #text(): Uint8Array {
    const { exports, bytes } = this.#wasm;
    const at = exports.narReadText(this.#context);
    return bytes.slice(at, at + exports.narReadTextLength(this.#context));
  }

  #target(): Uint8Array {
    const { exports, bytes } = this.#wasm;
    const at = exports.narReadTarget(this.#context);
    return bytes.slice(at, at + exports.narReadTargetLength(this.#context));
  }

  #refusal(event: number): NarError {
    const [code, message] = refusals[event]!;
    const expected = tokens[this.#wasm.exports.narReadExpected(this.#context)]!;
    const shown = message.includes('$TEXT') ? decodeText(this.#text()) : '';
    return new NarError(
      code,
      message.replace('$EXPECTED', () => expected).replace('$TEXT', () => shown),
    );
  }
}

// assembly/nar-format.ts, Token.
const tokens = [
  '(',
  ')',
  'type',
  'regular',
  'directory',
  'symlink',
  'executable',
  'contents',
  'target',
  'entry',
  'name',
  'node',
  'nix-archive-1',
];

// assembly/nar-read.ts, NarEvent from `BadMagic` on; the texts are Nix's (libutil/archive.cc, serialise.cc).
const refusals: Readonly<Record<number, readonly [code: WasmErrorCode, message: string]>> = {
  7: ['nar-syntax', "bad archive: input doesn't look like a Nix archive"],
  8: ['nar-syntax', "bad archive: expected tag '$EXPECTED', got '$TEXT'"],
  9: ['nar-syntax', "bad archive: expected tag 'entry' or ')', got '$TEXT'"],
  10: ['nar-syntax', "bad archive: unknown file type '$TEXT'"],
  11: ['nar-syntax', 'string is too long'],
  12: ['nar-syntax', 'non-zero padding'],
  13: ['nar-name', "bad archive: NAR contains invalid file name '$TEXT'"],
  14: ['nar-name', 'bad archive: NAR directory is not sorted'],
  15: ['nar-depth', 'bad archive: NAR directory nesting exceeds maximum depth of 64'],
  16: ['nar-syntax', 'bad archive: NAR contains invalid symlink target'],
  17: ['nar-syntax', 'bad archive: file is too large'],
};

/** Reads a whole archive from chunks; what follows it is an error. */
export function parseNar(wasm: WasmHashes, chunks: Iterable<Uint8Array>, sink: NarNodeSink): void {
  const parser = new NarParser(wasm, sink);
  try {
    for (const chunk of chunks) {
      if (parser.write(chunk) < chunk.length) throw new NarError('nar-syntax', 'bad archive: data after the end');
    }
    parser.end();
  } finally {
    parser.close();
  }
}
