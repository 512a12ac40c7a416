/** The loader of `vixen-wasm.wasm`: hashers over contexts that lie in the module's memory. */
import type { HashAlgo, Hasher } from './hasher.ts';
import { hashSizes } from './hasher.ts';

// assembly/hash.ts, HashAlgo.
const numbers: Readonly<Record<HashAlgo, number>> = { md5: 0, sha1: 1, sha256: 2, sha512: 3, blake3: 4 };

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly HASH_CTX_SIZE: WebAssembly.Global<'i32'>;
  readonly HASH_MAX_SIZE: WebAssembly.Global<'i32'>;
  alloc(size: number): number;
  hashBytes(algo: number, ptr: number, len: number, out: number): void;
  hashInit(ctx: number, algo: number): void;
  hashUpdate(ctx: number, ptr: number, len: number): void;
  hashFinal(ctx: number, out: number): void;
}

// Input is copied through a window of this size: large enough for the copy to cost little, small enough to stay in the cache.
const windowSize = 64 * 1024;

/** An instance of the module. It is not shared between threads; instances are cheap. */
export class WasmHashes {
  readonly #exports: Exports;
  readonly #window: number;
  readonly #out: number;
  readonly #idle: number[] = [];
  #bytes: Uint8Array;

  constructor(module: WebAssembly.Module) {
    // Nothing aborts at run time, but the compiler declares the import in debug builds.
    const abort = (): never => {
      throw new WebAssembly.RuntimeError('vixen-wasm aborted');
    };
    this.#exports = new WebAssembly.Instance(module, { env: { abort } }).exports as unknown as Exports;
    this.#window = this.#alloc(windowSize);
    this.#out = this.#alloc(this.#exports.HASH_MAX_SIZE.value);
    this.#bytes = new Uint8Array(this.#exports.memory.buffer);
  }

  /** A hasher whose context goes back to the instance with `digest`. Any number may be in use at once. */
  readonly createHasher = (algo: HashAlgo): Hasher => {
    const context = this.#idle.pop() ?? this.#alloc(this.#exports.HASH_CTX_SIZE.value);
    this.#exports.hashInit(context, numbers[algo]);
    let finished = false;
    const claim = (): void => {
      if (finished) throw new Error('the hasher has already given its digest');
    };
    const hasher: Hasher = {
      update: (data) => {
        claim();
        this.#eachWindow(data, (length) => this.#exports.hashUpdate(context, this.#window, length));
        return hasher;
      },
      digest: () => {
        claim();
        finished = true;
        this.#exports.hashFinal(context, this.#out);
        this.#idle.push(context);
        return this.#take(algo);
      },
    };
    return hasher;
  };

  /** The digest of some bytes. */
  hash(algo: HashAlgo, data: Uint8Array): Uint8Array {
    if (data.length > windowSize) return this.createHasher(algo).update(data).digest();
    this.#view().set(data, this.#window);
    this.#exports.hashBytes(numbers[algo], this.#window, data.length, this.#out);
    return this.#take(algo);
  }

  #eachWindow(data: Uint8Array, use: (length: number) => void): void {
    const bytes = this.#view();
    for (let at = 0; at < data.length; at += windowSize) {
      const part = data.length - at <= windowSize && at === 0 ? data : data.subarray(at, at + windowSize);
      bytes.set(part, this.#window);
      use(part.length);
    }
  }

  #take(algo: HashAlgo): Uint8Array {
    return this.#view().slice(this.#out, this.#out + hashSizes[algo]);
  }

  #alloc(size: number): number {
    const address = this.#exports.alloc(size);
    if (address === 0) throw new RangeError('vixen-wasm: out of memory');
    return address;
  }

  // Growing memory detaches the old view.
  #view(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.#exports.memory.buffer);
    return this.#bytes;
  }
}

/** Compiles and instantiates the module from the bytes of `vixen-wasm.wasm`. */
export async function loadWasmHashes(bytes: BufferSource): Promise<WasmHashes> {
  return new WasmHashes(await WebAssembly.compile(bytes));
}
