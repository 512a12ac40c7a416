/** The loader of `vixen-wasm.wasm`: hashers over contexts that lie in the module's memory. */
import type { HashAlgo, Hasher, MultiHasher } from './hasher.ts';
import { hashSizes } from './hasher.ts';
import { WasmInstance, windowSize } from './instance.ts';

// assembly/hash.ts, HashAlgo.
const numbers: Readonly<Record<HashAlgo, number>> = { md5: 0, sha1: 1, sha256: 2, sha512: 3, blake3: 4 };

/** An instance of the module, for hashing and for what else works in its memory (`Chunker`, `ReferenceScanner`, …). */
export class WasmHashes {
  /** For the classes of this package. */
  readonly instance: WasmInstance;
  readonly #window: number;
  readonly #out: number;

  constructor(module: WebAssembly.Module) {
    this.instance = new WasmInstance(module);
    this.#window = this.instance.alloc(windowSize);
    this.#out = this.instance.alloc(this.instance.exports.HASH_MAX_SIZE.value);
  }

  /** A hasher whose context goes back to the instance with `digest`. Any number may be in use at once. */
  readonly createHasher = (algo: HashAlgo): Hasher => {
    const hashers = this.createMultiHasher([algo]);
    const hasher: Hasher = {
      update: (data) => {
        hashers.update(data);
        return hasher;
      },
      digest: () => hashers.digests()[algo],
    };
    return hasher;
  };

  /** Several digests of the same bytes, which are copied into the module once. */
  createMultiHasher<A extends HashAlgo>(algos: readonly A[]): MultiHasher<A> {
    const { exports } = this.instance;
    let size = 0;
    const hasher: MultiHasher<A> = {
      get size() {
        return size;
      },
      update: (data) => {
        if (!lease.open) throw finished();
        size += data.length;
        this.#eachWindow(data, (length) => {
          for (const context of lease.addresses) exports.hashUpdate(context, this.#window, length);
        });
        return hasher;
      },
      digests: () => {
        if (!lease.open) throw finished();
        const digests = algos.map((algo, i) => {
          exports.hashFinal(lease.addresses[i]!, this.#out);
          return [algo, this.#take(algo)] as const;
        });
        lease.release();
        return Object.fromEntries(digests) as Record<A, Uint8Array>;
      },
    };
    const lease = this.instance.lend(
      hasher,
      algos.map(() => exports.HASH_CTX_SIZE.value),
    );
    algos.forEach((algo, i) => {
      exports.hashInit(lease.addresses[i]!, numbers[algo]);
    });
    return hasher;
  }

  /** The digest of some bytes. */
  hash(algo: HashAlgo, data: Uint8Array): Uint8Array {
    if (data.length > windowSize) return this.createHasher(algo).update(data).digest();
    this.instance.bytes.set(data, this.#window);
    this.instance.exports.hashBytes(numbers[algo], this.#window, data.length, this.#out);
    return this.#take(algo);
  }

  #eachWindow(data: Uint8Array, use: (length: number) => void): void {
    for (let at = 0; at < data.length; at += windowSize) {
      const part = data.length - at <= windowSize && at === 0 ? data : data.subarray(at, at + windowSize);
      this.instance.bytes.set(part, this.#window);
      use(part.length);
    }
  }

  #take(algo: HashAlgo): Uint8Array {
    return this.instance.bytes.slice(this.#out, this.#out + hashSizes[algo]);
  }
}

const finished = () => new Error('the hasher has already given its digest');

/** Compiles and instantiates the module from the bytes of `vixen-wasm.wasm`. */
export async function loadWasmHashes(bytes: BufferSource): Promise<WasmHashes> {
  return new WasmHashes(await WebAssembly.compile(bytes));
}
