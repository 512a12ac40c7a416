/** The needles of a scanner or a rewriter, laid out in an instance's memory (assembly/needles.ts). */
import { type Lease, type WasmInstance, windowSize } from './instance.ts';

/** A needle, and what is to stand in its place. */
export interface Needle {
  readonly bytes: Uint8Array;
  readonly replacement?: Uint8Array;
}

const utf8 = new TextEncoder();

/** What a needle given as text is in a stream. */
export const bytesOf = (text: string | Uint8Array): Uint8Array => (typeof text === 'string' ? utf8.encode(text) : text);

/** Needles with the window in which they are searched. */
export class NeedleSet {
  readonly wasm: WasmInstance;
  readonly count: number;
  /** Bytes at the end of the window that stay for the next search. */
  readonly carry: number;
  readonly #lease: Lease;

  /** Needles have at least one byte and differ; all have replacements of their length or none has. */
  constructor(wasm: WasmInstance, needles: readonly Needle[]) {
    const bytes = needles.reduce((sum, needle) => sum + needle.bytes.length, 0);
    const packed = pack(needles);
    const longest = needles.reduce((max, needle) => Math.max(max, needle.bytes.length), 1);
    this.wasm = wasm;
    this.count = needles.length;
    this.carry = longest - 1;
    this.#lease = wasm.lend(this, [wasm.exports.needlesSize(needles.length, bytes), packed.length, windowSize + longest]);
    wasm.bytes.set(packed, this.#lease.addresses[1]!);
    wasm.exports.needlesInit(this.set, this.#lease.addresses[1]!, needles.length, needles[0]?.replacement !== undefined);
  }

  get set(): number {
    if (!this.#lease.open) throw new Error('the search is closed');
    return this.#lease.addresses[0]!;
  }

  /** The window: room for the carry and `windowSize` bytes. */
  get window(): number {
    return this.#lease.addresses[2]!;
  }

  close(): void {
    this.#lease.release();
  }
}

function pack(needles: readonly Needle[]): Uint8Array {
  const size = needles.reduce((sum, { bytes, replacement }) => sum + 4 + bytes.length + (replacement?.length ?? 0), 0);
  const packed = new Uint8Array(size);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const { bytes, replacement } of needles) {
    if (bytes.length === 0) throw new RangeError('a needle has no bytes');
    view.setUint32(at, bytes.length, true);
    packed.set(bytes, at + 4);
    at += 4 + bytes.length;
    if (replacement === undefined) continue;
    if (replacement.length !== bytes.length) throw new RangeError(`${bytes.length} bytes cannot be replaced by ${replacement.length}`);
    packed.set(replacement, at);
    at += replacement.length;
  }
  return packed;
}
