/** The choice between two implementations of the same hashes: one that is quick to start, one that is quick to go on. */
import type { HashAlgo, Hasher, HasherFactory } from './hasher.ts';

export interface HasherChoice {
  /** For input of at most `limit` bytes. */
  readonly small: HasherFactory;
  readonly large: HasherFactory;
  /** Bytes up to which `small` is ahead: measured for the Wasm module against `node:crypto` (`npm run bench -- hashing`). */
  readonly limit?: number;
}

const measuredLimit = 512;

/** Hashers that keep the first bytes until they know how many there are at least. Both implementations give the same digests. */
export function adaptiveHashers({ small, large, limit = measuredLimit }: HasherChoice): HasherFactory {
  return (algo) => new AdaptiveHasher(algo, small, large, limit);
}

class AdaptiveHasher implements Hasher {
  readonly #algo: HashAlgo;
  readonly #small: HasherFactory;
  readonly #large: HasherFactory;
  readonly #limit: number;
  #held: Uint8Array | undefined;
  #size = 0;
  #chosen: Hasher | undefined;
  #finished = false;

  constructor(algo: HashAlgo, small: HasherFactory, large: HasherFactory, limit: number) {
    this.#algo = algo;
    this.#small = small;
    this.#large = large;
    this.#limit = limit;
  }

  update(data: Uint8Array): this {
    if (this.#finished) throw new Error('the hasher has already given its digest');
    if (this.#chosen) this.#chosen.update(data);
    else if (this.#size + data.length > this.#limit) this.#chosen = this.#begin(this.#large).update(data);
    else this.#hold(data);
    return this;
  }

  digest(): Uint8Array {
    if (this.#finished) throw new Error('the hasher has already given its digest');
    this.#finished = true;
    return (this.#chosen ?? this.#begin(this.#small)).digest();
  }

  #hold(data: Uint8Array): void {
    this.#held ??= new Uint8Array(this.#limit);
    this.#held.set(data, this.#size);
    this.#size += data.length;
  }

  #begin(create: HasherFactory): Hasher {
    const hasher = create(this.#algo);
    return this.#held ? hasher.update(this.#held.subarray(0, this.#size)) : hasher;
  }
}
