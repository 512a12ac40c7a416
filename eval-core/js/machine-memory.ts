// The machine's memory as its host uses it: bytes on their way in, the text that an operation leaves, room for answers.

import { decodeText, encodeText } from '@vixen/wasm';
import { ErrorCode, NixError } from './errors.ts';
import type { EvalExports } from './exports.ts';

export class MachineMemory {
  readonly exports: EvalExports;
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  /** The text of the last job, where warnings have taken its place in memory. */
  #keptText: Uint8Array<ArrayBuffer> | undefined;

  constructor(exports: EvalExports) {
    this.exports = exports;
    this.#bytes = new Uint8Array(exports.memory.buffer as ArrayBuffer);
    this.#view = new DataView(exports.memory.buffer as ArrayBuffer);
  }

  /** All of linear memory; do not keep it across a call into the machine, which may move it. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.buffer !== this.exports.memory.buffer) this.#renew();
    return this.#bytes;
  }

  get view(): DataView<ArrayBuffer> {
    if (this.#view.buffer !== this.exports.memory.buffer) this.#renew();
    return this.#view;
  }

  #renew() {
    const buffer = this.exports.memory.buffer as ArrayBuffer;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** Where the engine has no more memory, the machine traps: to its users that is an error like others. */
  guarded<T>(operation: () => T): T {
    try {
      return operation();
    } catch (cause) {
      if (cause instanceof WebAssembly.RuntimeError && this.exports.outOfMemory() !== 0) {
        throw new NixError(ErrorCode.Memory, 'out of memory', { cause });
      }
      throw cause;
    }
  }

  /** Puts byte strings into memory one after the other for the time of a call. */
  with<T>(parts: (string | Uint8Array)[], use: (...operands: number[]) => T): T {
    const bytes = parts.map((part) => (typeof part === 'string' ? encodeText(part) : part));
    const total = Math.max(
      1,
      bytes.reduce((sum, part) => sum + part.length, 0),
    );
    const start = this.guarded(() => this.exports.alloc(total)) >>> 0;
    const operands: number[] = [];
    let at = start;
    for (const part of bytes) {
      this.bytes.set(part, at);
      operands.push(at, part.length);
      at += part.length;
    }
    try {
      return this.guarded(() => use(...operands));
    } finally {
      this.exports.release(start, total);
    }
  }

  /** The bytes that the last operation left as its text, copied. */
  textBytes(): Uint8Array<ArrayBuffer> {
    if (this.#keptText) return this.#keptText;
    const start = this.exports.textAddress() >>> 0;
    return this.bytes.slice(start, start + (this.exports.textLength() >>> 0));
  }

  /** The same, of an operation that leaves a text at once. */
  textOf(operation: () => void): string {
    this.forgetText();
    operation();
    return this.text();
  }

  text(): string {
    if (this.#keptText) return decodeText(this.#keptText);
    const start = this.exports.textAddress() >>> 0;
    return decodeText(this.bytes.subarray(start, start + (this.exports.textLength() >>> 0)));
  }

  /** The text stays what it is now, whatever the machine writes over it. */
  keepText(text: Uint8Array<ArrayBuffer>) {
    this.#keptText = text;
  }

  forgetText() {
    this.#keptText = undefined;
  }

  /** The machine's answer buffer, with room for so many bytes. */
  answerBuffer(length: number): Uint8Array<ArrayBuffer> {
    const start = this.guarded(() => this.exports.answerBuffer(length)) >>> 0;
    return this.bytes.subarray(start, start + length);
  }
}
