/**
 * Reads the worker protocol's values from bytes as they come:
 *
 *     number   u64, little endian
 *     string   number of bytes, the bytes, zeros up to a multiple of eight
 *     list     number of elements, the elements
 *
 * Nothing is allocated for what has only been announced. What a message may hold altogether is bounded by a budget.
 */
import { decodeText, narPadding } from '@vixen/wasm';
import { StoreError, type StoreErrorCode } from '../../errors.ts';

export interface WireReaderOptions {
  /** What to say when the bytes end too early. */
  readonly ended?: string;
  /** What that is; `unavailable`, since the other side has gone. */
  readonly endedCode?: StoreErrorCode;
}

/** What a list's element or a string costs besides its bytes. */
const overhead = 64;
const defaultBudget = 256 * 1024 * 1024;
const none = new Uint8Array();

export class WireReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #ended: string;
  readonly #endedCode: StoreErrorCode;
  #chunk: Uint8Array = none;
  #at = 0;
  #budget = defaultBudget;

  constructor(source: AsyncIterable<Uint8Array>, { ended = 'unexpected end-of-file', endedCode = 'unavailable' }: WireReaderOptions = {}) {
    this.#source = source[Symbol.asyncIterator]();
    this.#ended = ended;
    this.#endedCode = endedCode;
  }

  /** How many bytes strings and lists may hold from now on, all together. */
  allow(bytes = defaultBudget): void {
    this.#budget = bytes;
  }

  /** Whether nothing more comes. */
  async atEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  async number(max = Number.MAX_SAFE_INTEGER): Promise<number> {
    const bytes = await this.#exact(8);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
    const value = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    if (value > max) throw new StoreError('invalid', `serialised integer ${view.getBigUint64(0, true)} is too large`);
    return value;
  }

  async bool(): Promise<boolean> {
    const bytes = await this.#exact(8);
    return bytes.some((byte) => byte !== 0);
  }

  /** A string as bytes, which are the caller's own. */
  async bytes(): Promise<Uint8Array> {
    const size = await this.number();
    this.#spend(size);
    const padded = await this.#exact(size + narPadding(size));
    if (padded.subarray(size).some((byte) => byte !== 0)) throw new StoreError('invalid', 'non-zero padding');
    return new Uint8Array(padded.subarray(0, size));
  }

  async text(): Promise<string> {
    return decodeText(await this.bytes());
  }

  async list<T>(element: () => Promise<T>): Promise<T[]> {
    const count = await this.number();
    const elements: T[] = [];
    for (let i = 0; i < count; i++) {
      this.#spend(0);
      elements.push(await element());
    }
    return elements;
  }

  texts(): Promise<string[]> {
    return this.list(() => this.text());
  }

  /** Bytes without a length before them: what is there, at least one and at most `limit`. Valid until the next call. */
  async some(limit: number): Promise<Uint8Array> {
    if (!(await this.#fill())) throw this.#tooShort();
    const bytes = this.#chunk.subarray(this.#at, this.#at + limit);
    this.#at += bytes.length;
    return bytes;
  }

  /** Gives the last bytes of what `some` answered back. */
  unread(count: number): void {
    this.#at -= count;
  }

  /** Lets the source go. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #exact(size: number): Promise<Uint8Array> {
    const end = this.#at + size;
    if (end <= this.#chunk.length) {
      const bytes = this.#chunk.subarray(this.#at, end);
      this.#at = end;
      return bytes;
    }
    const parts: Uint8Array[] = [];
    for (let missing = size; missing > 0; ) {
      const part = await this.some(missing);
      parts.push(part.slice());
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async #fill(): Promise<boolean> {
    while (this.#at >= this.#chunk.length) {
      const next = await this.#source.next();
      if (next.done) return false;
      this.#chunk = next.value;
      this.#at = 0;
    }
    return true;
  }

  #spend(bytes: number): void {
    this.#budget -= bytes + overhead;
    if (this.#budget < 0) throw new StoreError('exhausted', 'the message is too large');
  }

  #tooShort(): StoreError {
    return new StoreError(this.#endedCode, this.#ended);
  }
}
