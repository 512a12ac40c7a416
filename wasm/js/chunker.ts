/** Content-defined chunking: FastCDC as Snix's blob service and the Rust crate `fastcdc` (v2020, level 1) cut (assembly/chunk.ts). */
import { type Lease, windowSize } from './instance.ts';
import type { WasmHashes } from './module.ts';

/** The average of Snix's chunks, in bytes. */
export const defaultChunkSize = 256 * 1024;

export interface ChunkerOptions {
  /** Bytes of an average chunk: a power of two from 256 to 4 MiB, 256 KiB unless told. Chunks have from half to twice of that; the last may have less. */
  readonly average?: number;
}

/** Says where chunks end, without keeping the bytes. Feed it with `write`, then call `end`, or `close` to give up. */
export class ChunkBoundaries {
  readonly #wasm: WasmHashes['instance'];
  readonly #lease: Lease;

  constructor({ instance }: WasmHashes, { average = defaultChunkSize }: ChunkerOptions = {}) {
    const bits = Math.log2(average);
    if (!Number.isInteger(bits) || bits < 8 || bits > 22) throw new RangeError(`a chunk cannot have ${average} bytes on average`);
    this.#wasm = instance;
    this.#lease = instance.lend(this, [instance.exports.CHUNK_CTX_SIZE.value, windowSize]);
    instance.exports.chunkInit(this.#lease.addresses[0]!, bits);
  }

  /** Takes bytes in; answers the lengths of the chunks that ended. The last may have ended one byte before these. */
  write(bytes: Uint8Array): number[] {
    const { exports } = this.#wasm;
    const [context, window] = this.#claim();
    const lengths: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      // The first half of an average chunk decides nothing, and is not copied.
      at += exports.chunkSkip(context, bytes.length - at);
      const size = Math.min(windowSize, bytes.length - at);
      if (size === 0) break;
      this.#wasm.bytes.set(bytes.subarray(at, at + size), window);
      const length = exports.chunkScan(context, window, size);
      if (length > 0) lengths.push(length);
      at += exports.chunkUsed(context);
    }
    return lengths;
  }

  /** Says that no more bytes come; answers the length of the last chunk, 0 when nothing is left. */
  end(): number {
    const length = this.#wasm.exports.chunkEnd(this.#claim()[0]);
    this.close();
    return length;
  }

  close(): void {
    this.#lease.release();
  }

  #claim(): readonly [context: number, window: number] {
    if (!this.#lease.open) throw new Error('the chunker is closed');
    return this.#lease.addresses as unknown as readonly [number, number];
  }
}

/**
 * Cuts a stream into chunks. Each is given to `emit` as one array, valid during the call: a part of the input where the chunk lies in one,
 * otherwise of a buffer of the largest chunk's size.
 */
export class Chunker {
  readonly #boundaries: ChunkBoundaries;
  readonly #emit: (chunk: Uint8Array) => void;
  readonly #held: Uint8Array<ArrayBuffer>;
  #size = 0;

  constructor(wasm: WasmHashes, emit: (chunk: Uint8Array) => void, options: ChunkerOptions = {}) {
    this.#boundaries = new ChunkBoundaries(wasm, options);
    this.#emit = emit;
    this.#held = new Uint8Array((options.average ?? defaultChunkSize) * 2);
  }

  write(bytes: Uint8Array): void {
    let at = 0;
    for (const length of this.#boundaries.write(bytes)) at += this.#finish(length, bytes, at);
    this.#held.set(bytes.subarray(at), this.#size);
    this.#size += bytes.length - at;
  }

  /** Gives the last chunk. An empty stream has none. */
  end(): void {
    const length = this.#boundaries.end();
    if (length > 0) this.#emit(this.#held.subarray(0, length));
    this.#size = 0;
  }

  close(): void {
    this.#boundaries.close();
  }

  /** Gives a chunk of which some bytes are held, and the others are next in the input; answers how many these are. */
  #finish(length: number, bytes: Uint8Array, at: number): number {
    const held = this.#size;
    if (held === 0) {
      this.#emit(bytes.subarray(at, at + length));
      return length;
    }
    const missing = Math.max(length - held, 0);
    this.#held.set(bytes.subarray(at, at + missing), held);
    this.#emit(this.#held.subarray(0, length));
    this.#held.copyWithin(0, length, held);
    this.#size = Math.max(held - length, 0);
    return missing;
  }
}
