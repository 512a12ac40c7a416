/** An instance of `vixen-wasm.wasm` and its memory. What the functions do is written at them, in `wasm/assembly`. */

export interface WasmExports {
  readonly memory: WebAssembly.Memory;
  readonly HASH_CTX_SIZE: WebAssembly.Global<'i32'>;
  readonly HASH_MAX_SIZE: WebAssembly.Global<'i32'>;
  readonly CHUNK_CTX_SIZE: WebAssembly.Global<'i32'>;
  alloc(size: number): number;
  hashBytes(algo: number, ptr: number, len: number, out: number): void;
  hashInit(ctx: number, algo: number): void;
  hashUpdate(ctx: number, ptr: number, len: number): void;
  hashFinal(ctx: number, out: number): void;
  chunkInit(ctx: number, bits: number): void;
  chunkSkip(ctx: number, len: number): number;
  chunkScan(ctx: number, ptr: number, len: number): number;
  chunkUsed(ctx: number): number;
  chunkSize(ctx: number): number;
  chunkEnd(ctx: number): number;
  needlesSize(count: number, bytes: number): number;
  needlesInit(set: number, packed: number, count: number, replacements: boolean): void;
  needlesCarry(set: number): number;
  needlesScan(set: number, ptr: number, len: number): number;
  needlesFound(set: number, index: number): number;
  needlesReplace(set: number, ptr: number, len: number, from: number, whole: boolean): number;
  needlesReplaced(set: number): number;
  readonly NAR_READ_CTX_SIZE: WebAssembly.Global<'i32'>;
  narReadInit(ctx: number): void;
  narRead(ctx: number, ptr: number, len: number): number;
  narReadUsed(ctx: number): number;
  narReadText(ctx: number): number;
  narReadTextLength(ctx: number): number;
  narReadTarget(ctx: number): number;
  narReadTargetLength(ctx: number): number;
  narReadSize(ctx: number): number;
  narReadExecutable(ctx: number): number;
  narReadExpected(ctx: number): number;
  readonly NAR_WRITE_CTX_SIZE: WebAssembly.Global<'i32'>;
  readonly NAR_WRITE_MAX: WebAssembly.Global<'i32'>;
  narWriteInit(ctx: number): void;
  narWriteDone(ctx: number): number;
  narWriteDirectory(ctx: number, name: number, len: number, out: number): number;
  narWriteFile(ctx: number, name: number, len: number, size: number, executable: boolean, out: number): number;
  narWriteFileEnd(ctx: number, size: number, out: number): number;
  narWriteSymlink(ctx: number, name: number, len: number, target: number, targetLen: number, out: number): number;
  narWriteEnd(ctx: number, out: number): number;
}

/** Input is copied through windows of this size: large enough for the copy to cost little, small enough to stay in the cache. */
export const windowSize = 64 * 1024;

const smallestBlock = 64;

/** Blocks that an object works in. */
export interface Lease {
  readonly addresses: readonly number[];
  readonly open: boolean;
  /** Gives the blocks back, once. */
  release(): void;
}

/** Memory and functions of an instance. Instances are cheap, and not shared between threads. */
export class WasmInstance {
  readonly exports: WasmExports;
  /** Gives back what objects that are no more have not given back themselves. */
  readonly #lost = new FinalizationRegistry<Lease>((lease) => lease.release());
  /** Free blocks by their size, a power of two. */
  readonly #free = new Map<number, number[]>();
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(module: WebAssembly.Module) {
    // Nothing aborts at run time, but the compiler declares the import in debug builds.
    const abort = (): never => {
      throw new WebAssembly.RuntimeError('vixen-wasm aborted');
    };
    this.exports = new WebAssembly.Instance(module, { env: { abort } }).exports as unknown as WasmExports;
    this.#bytes = this.#view();
  }

  /** The memory. Growing it detaches the view, so this is asked for anew after whatever may allocate. */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length === 0) this.#bytes = this.#view();
    return this.#bytes;
  }

  /** Takes a block of at least `size` bytes for as long as the instance lives. */
  alloc(size: number): number {
    const blockSize = blockSizeOf(size);
    const address = this.#free.get(blockSize)?.pop() ?? this.exports.alloc(blockSize);
    if (address === 0) throw new RangeError('vixen-wasm: out of memory');
    return address;
  }

  /** Takes blocks for an object, until it releases them or is collected. */
  lend(owner: object, sizes: readonly number[]): Lease {
    const addresses = sizes.map((size) => this.alloc(size));
    let open = true;
    const lease: Lease = {
      addresses,
      get open() {
        return open;
      },
      release: () => {
        if (!open) return;
        open = false;
        this.#lost.unregister(lease);
        addresses.forEach((address, i) => {
          this.#giveBack(address, blockSizeOf(sizes[i]!));
        });
      },
    };
    this.#lost.register(owner, lease, lease);
    return lease;
  }

  #giveBack(address: number, blockSize: number): void {
    const blocks = this.#free.get(blockSize);
    if (blocks) blocks.push(address);
    else this.#free.set(blockSize, [address]);
  }

  #view(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.exports.memory.buffer as ArrayBuffer);
  }
}

function blockSizeOf(size: number): number {
  return size <= smallestBlock ? smallestBlock : 2 ** Math.ceil(Math.log2(size));
}
