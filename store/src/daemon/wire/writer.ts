/** Writes the worker protocol's values (reader.ts). Small ones are collected until `flush`. */
import { encodeText, narPadding } from '@vixen/wasm';

/** Sends bytes, all parts at once; resolves when they may be written over, and the other side can take more. */
export type Send = (parts: readonly Uint8Array[]) => Promise<void>;

const initialSize = 4096;

export class WireWriter {
  readonly #send: Send;
  #buffer = new Uint8Array(initialSize);
  #view = new DataView(this.#buffer.buffer);
  #used = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  number(value: number): this {
    this.#need(8);
    this.#view.setUint32(this.#used, value % 2 ** 32, true);
    this.#view.setUint32(this.#used + 4, Math.floor(value / 2 ** 32), true);
    this.#used += 8;
    return this;
  }

  bool(value: boolean): this {
    return this.number(value ? 1 : 0);
  }

  bytes(bytes: Uint8Array): this {
    this.number(bytes.length);
    const padded = bytes.length + narPadding(bytes.length);
    this.#need(padded);
    this.#buffer.set(bytes, this.#used);
    this.#buffer.fill(0, this.#used + bytes.length, this.#used + padded);
    this.#used += padded;
    return this;
  }

  text(text: string): this {
    return this.bytes(encodeText(text));
  }

  list<T>(elements: readonly T[], element: (value: T) => void): this {
    this.number(elements.length);
    for (const value of elements) element(value);
    return this;
  }

  texts(texts: readonly string[]): this {
    return this.list(texts, (text) => this.text(text));
  }

  /** Sends what was written. */
  async flush(): Promise<void> {
    const bytes = this.#take();
    if (bytes.length > 0) await this.#send([bytes]);
  }

  /** Sends what was written, then bytes as they are. */
  async raw(bytes: Uint8Array): Promise<void> {
    const before = this.#take();
    await this.#send(before.length > 0 ? [before, bytes] : [bytes]);
  }

  #take(): Uint8Array {
    const bytes = this.#buffer.subarray(0, this.#used);
    if (this.#used > 0) {
      this.#buffer = new Uint8Array(initialSize);
      this.#view = new DataView(this.#buffer.buffer);
      this.#used = 0;
    }
    return bytes;
  }

  #need(count: number): void {
    if (this.#used + count <= this.#buffer.length) return;
    const larger = new Uint8Array((this.#used + count) * 2);
    larger.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** A framed stream: each chunk a frame, an empty one at the end. */
export class FramedSink {
  readonly #out: WireWriter;

  constructor(out: WireWriter) {
    this.#out = out;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#out.number(bytes.length);
    await this.#out.raw(bytes);
  }

  async end(): Promise<void> {
    this.#out.number(0);
    await this.#out.flush();
  }
}
