/** The little of protobuf's wire format that directories need (protobuf.dev, "Encoding"): varints and length-delimited fields. */
import { StoreError } from '../errors.ts';

const varint = 0;
const delimited = 2;

/** Writes fields in the order of the calls; empty bytes and zeros are left out, as proto3 does. */
export class ProtoWriter {
  #buffer = new Uint8Array(256);
  #used = 0;

  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.#varint(field * 8 + delimited);
    this.#varint(value.length);
    this.#need(value.length);
    this.#buffer.set(value, this.#used);
    this.#used += value.length;
  }

  uint(field: number, value: bigint): void {
    if (value === 0n) return;
    this.#varint(field * 8 + varint);
    if (value <= 0xffff_ffffn) this.#varint(Number(value));
    else this.#bigVarint(value);
  }

  /** A message within; its length goes in front once it is known. */
  message(field: number, write: (inner: ProtoWriter) => void): void {
    this.#varint(field * 8 + delimited);
    // Most entries are shorter than 128 bytes: a length of one byte, and no move.
    const at = this.#used;
    this.#need(1);
    this.#used = at + 1;
    write(this);
    const length = this.#used - at - 1;
    const size = varintSize(length);
    if (size > 1) {
      this.#need(size - 1);
      this.#buffer.copyWithin(at + size, at + 1, at + 1 + length);
    }
    this.#used = at;
    this.#varint(length);
    this.#used = at + size + length;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#buffer.slice(0, this.#used);
  }

  #varint(value: number): void {
    this.#need(5);
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#buffer[this.#used++] = (rest % 128) + 128;
    this.#buffer[this.#used++] = rest;
  }

  #bigVarint(value: bigint): void {
    this.#need(10);
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) this.#buffer[this.#used++] = Number(rest & 0x7fn) | 0x80;
    this.#buffer[this.#used++] = Number(rest);
  }

  #need(count: number): void {
    if (this.#used + count <= this.#buffer.length) return;
    const larger = new Uint8Array((this.#used + count) * 2);
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Iterates over a message's fields. Fields of other wire types end it with `invalid`. */
export class ProtoReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #number = 0;
  #value: bigint | Uint8Array = 0n;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get number(): number {
    return this.#number;
  }

  /** The field's bytes, a view of the message's. */
  bytes(): Uint8Array {
    if (typeof this.#value === 'bigint') throw malformed();
    return this.#value;
  }

  uint(): bigint {
    if (typeof this.#value !== 'bigint') throw malformed();
    return this.#value;
  }

  *[Symbol.iterator](): Generator<this, void, void> {
    while (this.#at < this.#bytes.length) {
      const key = Number(this.#readVarint());
      this.#number = Math.floor(key / 8);
      const type = key % 8;
      if (this.#number === 0 || (type !== varint && type !== delimited)) throw malformed();
      this.#value = type === varint ? this.#readVarint() : this.#readDelimited();
      yield this;
    }
  }

  #readDelimited(): Uint8Array {
    const length = Number(this.#readVarint());
    if (length > this.#bytes.length - this.#at) throw malformed();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  // Up to 28 bits need no BigInt.
  #readVarint(): bigint {
    let small = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte();
      small |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt(small);
    }
    let value = BigInt(small);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff_ffff_ffffn) throw malformed();
        return value;
      }
    }
    throw malformed();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw malformed();
    return byte;
  }
}

const malformed = () => new StoreError('invalid', 'not a valid protobuf message');
