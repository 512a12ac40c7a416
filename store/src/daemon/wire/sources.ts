/** Parts of a stream as streams of their own. Whoever stops reading early leaves the rest to `drain`, so that what follows can be read. */
import { NarError, NarReader } from '@vixen/wasm';
import { StoreError } from '../../errors.ts';
import { wasmHashes } from '../../wasm.ts';
import type { WireReader } from './reader.ts';

const pieceSize = 256 * 1024;
const maxFrame = 2 ** 32 - 1;

export abstract class PartialSource implements AsyncIterableIterator<Uint8Array> {
  protected readonly reader: WireReader;
  #ended = false;

  constructor(reader: WireReader) {
    this.reader = reader;
  }

  /** The next bytes; undefined at the end. */
  protected abstract piece(): Promise<Uint8Array | undefined>;

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#ended ? undefined : await this.piece();
    if (value) return { done: false, value };
    this.#ended = true;
    return { done: true, value: undefined };
  }

  // Breaking out of a loop leaves the rest to `drain`.
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    return { done: true, value: undefined };
  }

  /** Reads and forgets what is left. */
  async drain(): Promise<void> {
    while (!(await this.next()).done);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** A framed stream: numbers of bytes and bytes in turn, a zero at the end (libutil/serialise.hh, FramedSource). */
export class FramedSource extends PartialSource {
  #left = 0;

  protected override async piece(): Promise<Uint8Array | undefined> {
    if (this.#left === 0) this.#left = await this.reader.number(maxFrame);
    if (this.#left === 0) return undefined;
    const bytes = await this.reader.some(Math.min(this.#left, pieceSize));
    this.#left -= bytes.length;
    return bytes;
  }
}

/** So many bytes. */
export class SizedSource extends PartialSource {
  #left: number;

  constructor(reader: WireReader, size: number) {
    super(reader);
    this.#left = size;
  }

  protected override async piece(): Promise<Uint8Array | undefined> {
    if (this.#left === 0) return undefined;
    const bytes = await this.reader.some(Math.min(this.#left, pieceSize));
    this.#left -= bytes.length;
    return bytes;
  }
}

/** An archive, which tells by itself where it ends. */
export class NarSource extends PartialSource {
  readonly #nar = new NarReader(wasmHashes(), ignored, { decode: () => '' });

  protected override async piece(): Promise<Uint8Array | undefined> {
    if (this.#nar.finished) return undefined;
    const bytes = await this.reader.some(pieceSize);
    const used = this.#write(bytes);
    this.reader.unread(bytes.length - used);
    return bytes.subarray(0, used);
  }

  #write(bytes: Uint8Array): number {
    try {
      return this.#nar.write(bytes);
    } catch (cause) {
      if (cause instanceof NarError) throw new StoreError('invalid', cause.message, { cause });
      throw cause;
    }
  }
}

const ignored = { directory: () => {}, file: () => {}, contents: () => {}, symlink: () => {} };
