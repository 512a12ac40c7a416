// The primitives of the format: bytes, and whole numbers as LEB128 (seven bits a byte, lowest first, the highest bit set on all but the last).
import { damaged } from './errors.ts';

const initialSize = 256;
/** The largest number the format has: offsets and sizes fit easily, and so does what a listing's numbers add up to. */
const largest = 2 ** 31 - 1;

export class ByteWriter {
  #bytes = new Uint8Array(initialSize);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(part: Uint8Array): this {
    this.#grow(part.length);
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
    return this;
  }

  number(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > largest) throw new RangeError(`a pack cannot hold the number ${value}`);
    this.#grow(5);
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#length++] = rest;
    return this;
  }

  /** A number that may be below zero: 0, -1, 1, -2, … are written as 0, 1, 2, 3, …. */
  signed(value: number): this {
    return this.number(value < 0 ? -2 * value - 1 : 2 * value);
  }

  #grow(by: number) {
    const wanted = this.#length + by;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** A copy of what was written. */
  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what a stranger may have written: never beyond the end, never more than there is room for. */
export class ByteReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #at: number;

  constructor(bytes: Uint8Array<ArrayBuffer>, start = 0) {
    if (start > bytes.length) throw damaged('a folder lies beyond the end of its block');
    this.#bytes = bytes;
    this.#at = start;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw damaged('a block ends early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes(1)[0]!;
      value += (byte & 0x7f) * scale;
      if (value > largest) throw damaged('a number is too large');
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A number of things of which each takes at least `size` bytes. */
  count(size: number): number {
    const count = this.number();
    if (count * size > this.#bytes.length - this.#at) throw damaged('a folder claims more than its block can hold');
    return count;
  }
}
