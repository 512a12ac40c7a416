import { decodeText } from '@vixen/wasm';
import { AbortedError } from './errors.ts';
import type { MachineMemory } from './machine-memory.ts';
import type { Request } from './requests.ts';

// The request block: kind, count, then pairs of (address, length).
const OPERANDS = 8;

/** The request of the moment, read from the machine's block when it is asked for. */
export class MachineRequest implements Request {
  readonly #memory: MachineMemory;
  readonly #block: number;
  kind = 0;
  count = 0;
  #over = false;

  constructor(memory: MachineMemory) {
    this.#memory = memory;
    this.#block = memory.exports.requestAddress() >>> 0;
  }

  /** The request that has just come. The object is used again for the next one. */
  next(): this {
    const { view } = this.#memory;
    this.kind = view.getUint32(this.#block, true);
    this.count = view.getUint32(this.#block + 4, true);
    return this;
  }

  /** Nobody waits for the answer any more: whoever still works on it must neither read nor write the machine's memory. */
  end() {
    this.#over = true;
  }

  #check() {
    if (this.#over) throw new AbortedError('the evaluation was interrupted while it waited');
  }

  #operand(i: number): Uint8Array<ArrayBuffer> {
    this.#check();
    if (i >= this.count) return new Uint8Array(0);
    const { view, bytes } = this.#memory;
    const start = view.getUint32(this.#block + OPERANDS + i * 8, true);
    return bytes.subarray(start, start + view.getUint32(this.#block + OPERANDS + i * 8 + 4, true));
  }

  text(i: number): string {
    return decodeText(this.#operand(i));
  }

  bytes(i: number): Uint8Array<ArrayBuffer> {
    return this.#operand(i).slice();
  }

  number(i: number): number {
    this.#check();
    return i < this.count ? this.#memory.view.getUint32(this.#block + OPERANDS + i * 8, true) : 0;
  }

  buffer(length: number): Uint8Array<ArrayBuffer> {
    this.#check();
    return this.#memory.answerBuffer(length);
  }
}
