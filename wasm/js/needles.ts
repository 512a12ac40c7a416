/** The needles of a scanner or a rewriter, laid out in an instance's memory (assembly/needles.ts). */
import { type WasmInstance, windowSize } from './instance.ts';

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
  readonly #blocks: readonly { readonly address: number; readonly size: number }[];
  #closed = false;

  /** Needles have at least one byte and differ; all have replacements of their length or none has. */
  constructor(wasm: WasmInstance, needles: readonly Needle[]) {
    const bytes = needles.reduce((sum, needle) => sum + needle.bytes.length, 0);
    const packed = pack(needles);
    const longest = needles.reduce((max, needle) => Math.max(max, needle.bytes.length), 1);
    this.wasm = wasm;
    this.count = needles.length;
    this.carry = longest - 1;
    const sizes = [wasm.exports.needlesSize(needles.length, bytes), packed.length, windowSize + longest];
    this.#blocks = sizes.map((size) => ({ address: wasm.alloc(size), size }));
    wasm.bytes.set(packed, this.#blocks[1]!.address);
    wasm.exports.needlesInit(this.set, this.#blocks[1]!.address, needles.length, needles[0]?.replacement !== undefined);
  }

  get set(): number {
    if (this.#closed) throw new Error('the search is closed');
    return this.#blocks[0]!.address;
  }

  /** The window: room for the carry and `windowSize` bytes. */
  get window(): number {
    return this.#blocks[2]!.address;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { address, size } of this.#blocks) this.wasm.free(address, size);
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
