// Requests answered on Node and Bun: files at once, networks and processes when they are asked for.
import { ErrorCode } from '@vixen/eval-core';
import { base16, isHashAlgo } from '@vixen/wasm';
import type { FileTree } from '../core/files/tree.ts';
import { type DebugStop, type EvalStore, type Fetching, HostError, type HostIO, type MessageKind } from '../core/io.ts';
import { nodeHashers } from './hashing.ts';
import type { Journal } from './remembered/journal.ts';

export interface NodeIOParts {
  files: FileTree;
  store: EvalStore;
  fetching: Fetching;
  env: Record<string, string | undefined>;
  message: (kind: MessageKind, text: string) => void;
  debug?: ((stop: DebugStop) => Promise<void>) | undefined;
  /** Is told what was asked for. */
  journal?: Journal | undefined;
}

export class NodeIO implements HostIO {
  readonly files: FileTree;
  readonly store: EvalStore;
  readonly fetching: Fetching;
  readonly #env: Record<string, string | undefined>;
  readonly #journal: Journal | undefined;
  readonly message: (kind: MessageKind, text: string) => void;
  readonly debug?: (stop: DebugStop) => Promise<void>;

  constructor({ files, store, fetching, env, message, debug, journal }: NodeIOParts) {
    this.#journal = journal;
    this.files = files;
    this.store = store;
    this.fetching = fetching;
    this.#env = env;
    this.message = message;
    if (debug) this.debug = debug;
  }

  env(name: string): string | undefined {
    const value = this.#env[name];
    this.#journal?.variable(name, value);
    return value;
  }

  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  hash(bytes: Uint8Array, algorithm: string): string {
    if (!isHashAlgo(algorithm)) throw new HostError(ErrorCode.Plain, `unknown hash algorithm '\x0e${algorithm}\x0f'`);
    return base16.encode(nodeHashers(algorithm).update(bytes).digest());
  }

  exec(words: string[]): Uint8Array {
    throw new HostError(ErrorCode.Plain, `cannot run '\x0e${words[0] ?? ''}\x0f': programs cannot be run during evaluation`);
  }
}
