/** Replaces texts in a stream by others of the same length, and hashes that do not depend on one. */
import type { HashAlgo, HasherFactory } from './hasher.ts';
import { windowSize } from './instance.ts';
import type { WasmHashes } from './module.ts';
import { bytesOf, NeedleSet } from './needles.ts';

/**
 * Rewrites a stream: hash parts of store paths, usually, as Nix does for content-addressed outputs. What is replaced first is what begins first, and of
 * several needles the longest; what was put in is not looked at again. So the result does not depend on how the input is cut.
 *
 * Feed it with `write`, then call `end`, or `close` to give up. `emit` gets the output in pieces that are valid during the call.
 */
export class HashRewriter {
  readonly #set: NeedleSet;
  readonly #emit: (bytes: Uint8Array) => void;
  readonly #matched: ((position: number) => void) | undefined;
  #held = 0;
  /** Bytes given out. */
  #position = 0;

  /** `rewrites` are from and to, of the same length in bytes. `matched` is told where in the stream each replaced text began. */
  constructor(
    { instance }: WasmHashes,
    rewrites: Iterable<readonly [from: string | Uint8Array, to: string | Uint8Array]>,
    emit: (bytes: Uint8Array) => void,
    matched?: (position: number) => void,
  ) {
    const needles = [...rewrites].map(([from, to]) => ({ bytes: bytesOf(from), replacement: bytesOf(to) }));
    this.#set = new NeedleSet(instance, needles);
    this.#emit = emit;
    this.#matched = matched;
  }

  write(bytes: Uint8Array): void {
    const { wasm, window } = this.#set;
    for (let at = 0; at < bytes.length; at += windowSize) {
      const part = bytes.subarray(at, at + windowSize);
      wasm.bytes.set(part, window + this.#held);
      this.#rewrite(this.#held + part.length, false);
    }
  }

  end(): void {
    this.#rewrite(this.#held, true);
    this.close();
  }

  close(): void {
    this.#set.close();
  }

  /** Rewrites the window's first `size` bytes and gives them out, except those that may begin a needle. */
  #rewrite(size: number, whole: boolean): void {
    const { wasm, set, window, carry, count } = this.#set;
    let replaced = 0;
    while (count > 0) {
      const end = wasm.exports.needlesReplace(set, window, size, replaced, whole);
      if (end === 0) break;
      this.#matched?.(this.#position + end - wasm.exports.needlesReplaced(set));
      replaced = end;
    }
    const done = whole ? size : Math.max(replaced, size - carry, 0);
    if (done > 0) this.#emit(wasm.bytes.subarray(window, window + done));
    this.#position += done;
    this.#held = size - done;
    wasm.bytes.copyWithin(window, window + done, window + size);
  }
}

/** A digest, and how many bytes it is of. */
export interface ModuloDigest {
  readonly digest: Uint8Array;
  readonly size: number;
}

export interface ModuloOptions {
  /**
   * Whether the positions of the zeroed texts are hashed after the bytes, as `|` and a decimal number each. Nix's source means to
   * (libstore/references.cc, `HashModuloSink::finish`), and did before 2.17; since then no position is recorded, and its digests have none.
   */
  readonly positions?: boolean;
}

/**
 * The hash of a stream that does not depend on one text in it, the hash part of the store object's own path: each is replaced by zeros
 * (Nix's `HashModuloSink`, for content-addressed paths that refer to themselves).
 */
export class ModuloHasher {
  readonly #rewriter: HashRewriter;
  readonly #digest: () => ModuloDigest;

  constructor(wasm: WasmHashes, create: HasherFactory, algo: HashAlgo, modulus: string, { positions = false }: ModuloOptions = {}) {
    const hasher = create(algo);
    const matches: number[] = [];
    let size = 0;
    this.#rewriter = new HashRewriter(
      wasm,
      [[modulus, new Uint8Array(bytesOf(modulus).length)]],
      (bytes) => {
        size += bytes.length;
        hasher.update(bytes);
      },
      (position) => matches.push(position),
    );
    this.#digest = () => {
      if (positions) for (const position of matches) hasher.update(bytesOf(`|${position}`));
      return { digest: hasher.digest(), size };
    };
  }

  update(bytes: Uint8Array): this {
    this.#rewriter.write(bytes);
    return this;
  }

  digest(): ModuloDigest {
    this.#rewriter.end();
    return this.#digest();
  }
}
