/**
 * Reads derivations (Nix manual, "Derivation ATerm"; libstore/derivations.cc):
 *
 *     Derive([(name,path,algo,hash)…],[(drv,[output…])…],[source…],system,builder,[arg…],[(name,value)…])
 *     DrvWithVersion("xp-dyn-drv",…  where an input may also be (drv,([output…],[(output,…)…]))
 */
import { decodeText } from '@vixen/wasm';
import { StoreError } from '../../errors.ts';
import { parseOutputMethod } from '../content-address.ts';
import { parseBareHash } from '../hash.ts';
import { baseNameOf, defaultStoreDirectory, sortedPaths } from '../store-path.ts';
import { AtermReader, malformed } from './reader.ts';
import type { Derivation, DerivationInput, DerivationOutput } from './types.ts';

// Dynamic inputs nest; no honest derivation does so as deeply.
const maxNesting = 64;

/** Reads the bytes of a `.drv`. Fails with `invalid`, in Nix's words, which `whence` (the file's path) precedes. */
export function parseDerivation(bytes: Uint8Array, whence: string, directory = defaultStoreDirectory): Derivation {
  try {
    return new Parser(decodeText(bytes), directory).parse();
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new StoreError('invalid', `error parsing derivation '${whence}': ${cause.message}`, { cause });
  }
}

class Parser {
  readonly #in: AtermReader;
  readonly #directory: string;
  #versioned = false;

  constructor(text: string, directory: string) {
    this.#in = new AtermReader(text);
    this.#directory = directory;
  }

  parse(): Derivation {
    const source = this.#in;
    this.#start();
    const outputs = this.#outputs();
    source.expect(',');
    const inputDerivations = this.#inputs();
    source.expect(',');
    const inputSources = sortedPaths(source.list(() => this.#storePath()));
    source.expect(',');
    const system = source.string();
    source.expect(',');
    const builder = source.string();
    source.expect(',');
    const args = source.list(() => source.string());
    source.expect(',');
    const env = this.#env();
    source.expect(')');
    return { outputs, inputDerivations, inputSources, system, builder, args, env };
  }

  #start(): void {
    const source = this.#in;
    source.expect('D');
    if (source.peek() === 'e') {
      source.expect('erive(');
      return;
    }
    if (source.peek() !== 'r') throw malformed("derivation does not start with 'Derive' or 'DrvWithVersion'");
    source.expect('rvWithVersion(');
    const version = source.string();
    if (version !== 'xp-dyn-drv') throw malformed(`Unknown derivation ATerm format version '${version}'`);
    source.expect(',');
    this.#versioned = true;
  }

  // Of two outputs with one name Nix keeps the first.
  #outputs(): Map<string, DerivationOutput> {
    const outputs = new Map<string, DerivationOutput>();
    for (const [name, output] of this.#in.list(() => this.#output())) if (!outputs.has(name)) outputs.set(name, output);
    return outputs;
  }

  #output(): [string, DerivationOutput] {
    const [name, path, method, hash] = this.#in.tuple(4) as [string, string, string, string];
    return [name, derivationOutputOf(path, method, hash, this.#directory)];
  }

  #inputs(): Map<string, DerivationInput> {
    return new Map(
      this.#in.list((): [string, DerivationInput] => {
        this.#in.expect('(');
        const path = this.#storePath();
        this.#in.expect(',');
        const input = this.#input(0);
        this.#in.expect(')');
        return [path, input];
      }),
    );
  }

  #input(depth: number): DerivationInput {
    const source = this.#in;
    if (!this.#versioned || source.peek() === '[') return { outputs: sortedPaths(source.list(() => source.string())) };
    if (source.peek() !== '(' || depth >= maxNesting) throw malformed('invalid inputDrvs entry in derivation');
    source.expect('(');
    const outputs = sortedPaths(source.list(() => source.string()));
    source.expect(',');
    const dynamic = source.list((): [string, DerivationInput] => {
      source.expect('(');
      const name = source.string();
      source.expect(',');
      const input = this.#input(depth + 1);
      source.expect(')');
      return [name, input];
    });
    source.expect(')');
    return { outputs, dynamic: new Map(dynamic) };
  }

  #env(): Map<string, string> {
    return new Map(this.#in.list(() => this.#in.tuple(2) as [string, string]));
  }

  #storePath(): string {
    return checkStorePath(this.#in.path(), this.#directory);
  }
}

function checkStorePath(path: string, directory: string): string {
  baseNameOf(path, directory);
  return path;
}

/** The output that the three texts after its name describe, here and in protocols. */
export function derivationOutputOf(path: string, methodText: string, hash: string, directory = defaultStoreDirectory): DerivationOutput {
  const check = (text: string) => checkStorePath(absolute(text), directory);
  if (methodText === '') return path === '' ? { type: 'deferred' } : { type: 'input-addressed', path: check(path) };
  const { method, algo } = parseOutputMethod(methodText);
  if (hash === 'impure') {
    if (path !== '') throw malformed('impure derivation output should not specify output path');
    return { type: 'impure', method, algo };
  }
  if (hash !== '') return { type: 'fixed', path: check(path), method, hash: parseBareHash(hash, algo) };
  if (path !== '') throw malformed('content-addressing derivation output should not specify output path');
  return { type: 'floating', method, algo };
}

function absolute(path: string): string {
  if (!path.startsWith('/')) throw malformed(`bad path '${path}' in derivation`);
  return path;
}
