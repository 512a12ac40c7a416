/**
 * Hashes modulo of a derivation's outputs: what realisations are named by (libstore/derivations.cc, hashDerivationModulo). That of a fixed output is the
 * SHA-256 of `fixed:out:<method and algorithm>:<base 16>:<path>`; that of any other is the SHA-256 of the derivation as text, with such hashes instead of its
 * inputs' paths, and for the derivation itself without the paths of its outputs.
 */
import { encodeText } from '@vixen/wasm';
import { StoreError } from '../errors.ts';
import {
  type Derivation,
  type DerivationInput,
  type DerivationOutput,
  derivationOutputFields,
  printDerivation,
} from '../formats/derivation/index.ts';
import { nativeHashers } from '../hashing.ts';
import type { CallOptions, Store } from '../service.ts';
import { storedDerivation } from './stored.ts';

/** Hashes in base 16 by output. */
export type OutputHashes = ReadonlyMap<string, string>;

export interface OutputHashesOptions extends CallOptions {
  /** Hashes of input derivations, by path, that earlier calls have left here, and this one adds to. */
  readonly known?: Map<string, OutputHashes>;
}

/** Those of `derivation`, whose inputs lie in `store`. Fails with `not-found` where one of them does not. */
export async function outputHashes(store: Store, derivation: Derivation, options: OutputHashesOptions = {}): Promise<OutputHashes> {
  return fixedHashes(derivation) ?? hashesOf(derivation, await new InputHasher(store, options).hash(derivation), true);
}

/** Walks inputs without recursion: what is on top waits for what is put above it. */
class InputHasher {
  readonly #store: Store;
  readonly #options: CallOptions;
  readonly #hashes: Map<string, OutputHashes>;
  readonly #read = new Map<string, Derivation>();

  constructor(store: Store, { known = new Map(), ...options }: OutputHashesOptions) {
    this.#store = store;
    this.#options = options;
    this.#hashes = known;
  }

  async hash({ inputDerivations }: Derivation): Promise<ReadonlyMap<string, OutputHashes>> {
    const todo = [...inputDerivations.keys()];
    for (let path = todo.at(-1); path !== undefined; path = todo.at(-1)) {
      if (this.#hashes.has(path)) todo.pop();
      else todo.push(...(await this.#step(path)));
    }
    return this.#hashes;
  }

  /** What has to be hashed before `path`; none where that is hashed now. */
  async #step(path: string): Promise<string[]> {
    this.#options.signal?.throwIfAborted();
    const known = this.#read.get(path);
    const derivation = known ?? (await storedDerivation(this.#store, path, this.#options));
    const fixed = fixedHashes(derivation);
    const missing = fixed ? [] : [...derivation.inputDerivations.keys()].filter((input) => !this.#hashes.has(input));
    if (missing.length === 0) {
      this.#hashes.set(path, fixed ?? hashesOf(derivation, this.#hashes, false));
      this.#read.delete(path);
    } else if (known) {
      throw new StoreError('corrupt', `derivation '${path}' needs itself`);
    } else this.#read.set(path, derivation);
    return missing;
  }
}

function fixedHashes({ outputs }: Derivation): OutputHashes | undefined {
  const all = [...outputs];
  if (all.length === 0 || !all.every(([, { type }]) => type === 'fixed')) return undefined;
  return new Map(all.map(([name, output]) => [name, hashText(fixedText(output))]));
}

function fixedText(output: DerivationOutput): string {
  const [path, method, hash] = derivationOutputFields(output);
  return `fixed:out:${method}:${hash}:${path}`;
}

function hashesOf(derivation: Derivation, known: ReadonlyMap<string, OutputHashes>, maskOutputs: boolean): OutputHashes {
  const inputs = new Map<string, DerivationInput & { readonly outputs: string[] }>();
  for (const [path, { outputs }] of derivation.inputDerivations) {
    for (const output of outputs) {
      const hash = known.get(path)?.get(output);
      if (hash === undefined) throw new StoreError('invalid', `derivation '${path}' does not have wanted outputs '${output}'`);
      const input = inputs.get(hash);
      if (!input) inputs.set(hash, { outputs: [output] });
      else if (!input.outputs.includes(output)) input.outputs.push(output);
    }
  }
  const hash = hashBytes(printDerivation(derivation, { maskOutputs, inputs }));
  return new Map([...derivation.outputs.keys()].map((name) => [name, hash]));
}

const hashText = (text: string) => hashBytes(encodeText(text));
const hashBytes = (bytes: Uint8Array) => Buffer.from(nativeHashers('sha256').update(bytes).digest()).toString('hex');
