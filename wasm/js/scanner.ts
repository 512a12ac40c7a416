/** Finds which of many needles a stream holds: how Nix sees what a store object refers to (Nix manual, "Store Object", references). */
import { windowSize } from './instance.ts';
import type { WasmHashes } from './module.ts';
import { bytesOf, NeedleSet } from './needles.ts';

/**
 * Feed it with `write`; borders between chunks hide nothing. A needle is a text, usually the hash part of a store path (32 characters; a set of only such is
 * searched fastest), or bytes. Call `close` at the end.
 */
export class ReferenceScanner<N extends string | Uint8Array = string> {
  readonly #needles: readonly N[];
  readonly #set: NeedleSet;
  #held = 0;
  #count = 0;

  constructor({ instance }: WasmHashes, needles: Iterable<N>) {
    this.#needles = [...new Set(needles)];
    const bytes = this.#needles.map((needle) => ({ bytes: bytesOf(needle) }));
    this.#set = new NeedleSet(instance, bytes);
  }

  /** Whether nothing is left to be found: what follows need not be read. */
  get complete(): boolean {
    return this.#count === this.#needles.length;
  }

  write(bytes: Uint8Array): void {
    const { wasm, set, window, carry } = this.#set;
    for (let at = 0; at < bytes.length && !this.complete; at += windowSize) {
      const part = bytes.subarray(at, at + windowSize);
      wasm.bytes.set(part, window + this.#held);
      const size = this.#held + part.length;
      this.#count = wasm.exports.needlesScan(set, window, size);
      this.#held = Math.min(carry, size);
      wasm.bytes.copyWithin(window, window + size - this.#held, window + size);
    }
  }

  /** The needles found so far, in the order in which they were given. */
  found(): N[] {
    const { wasm, set } = this.#set;
    return this.#needles.filter((_, index) => wasm.exports.needlesFound(set, index));
  }

  close(): void {
    this.#set.close();
  }
}
