// An outside that is in memory alone: evaluation in a browser's worker, or anywhere else where a program is to see nothing but what it is given.
import { ErrorCode } from '@vixen/eval-core';
import { base16, type HasherFactory, isHashAlgo } from '@vixen/wasm';
import { OfflineFetching } from './fetch/offline.ts';
import { LayeredTree } from './files/layered.ts';
import { MemoryTree } from './files/memory.ts';
import type { FileTree } from './files/tree.ts';
import { type Fetching, HostError, type HostIO, type MessageKind } from './io.ts';
import { MemoryStore } from './store/memory-store.ts';

export interface MemoryIOOptions {
  /** Texts of files by absolute path, or a tree. */
  files?: Readonly<Record<string, string | Uint8Array>> | MemoryTree;
  /** What lies beneath: files that are looked for here when they are not among `files`. It may throw promises (files/tree.ts). */
  below?: FileTree | undefined;
  env?: Readonly<Record<string, string>>;
  /** Takes traces and warnings; they are dropped without it. */
  message?: (kind: MessageKind, text: string) => void;
  /** Without it, everything that has to be fetched is an error. */
  fetching?: Fetching;
}

const offline = new OfflineFetching();
const nothing: Fetching = {
  fetch: (fetcher, args) => offline.fetch(fetcher, args),
  flake: (operation, argument) => offline.flake(operation, argument),
  searchPath: () => undefined,
};

export class MemoryIO implements HostIO {
  readonly files: FileTree;
  readonly store: MemoryStore;
  readonly fetching: Fetching;
  readonly message: (kind: MessageKind, text: string) => void;
  readonly #hashers: HasherFactory;
  readonly #env: Readonly<Record<string, string>>;

  /** The hashers are those of `WasmHashes.createHasher` (@vixen/wasm), or the runtime's own. */
  constructor(hashers: HasherFactory, { files = {}, below, env = {}, message = () => {}, fetching = nothing }: MemoryIOOptions = {}) {
    const memory = files instanceof MemoryTree ? files : new MemoryTree(files);
    this.files = below ? new LayeredTree(memory, below) : memory;
    this.store = new MemoryStore(memory, hashers, '/nix/store', this.files);
    this.fetching = fetching;
    this.message = message;
    this.#hashers = hashers;
    this.#env = env;
  }

  env(name: string): string | undefined {
    return Object.hasOwn(this.#env, name) ? this.#env[name] : undefined;
  }

  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  hash(bytes: Uint8Array, algorithm: string): string {
    if (!isHashAlgo(algorithm)) throw new HostError(ErrorCode.Plain, `unknown hash algorithm '\x0e${algorithm}\x0f'`);
    return base16.encode(this.#hashers(algorithm).update(bytes).digest());
  }

  exec(words: string[]): Uint8Array {
    throw new HostError(ErrorCode.Plain, `cannot run '\x0e${words[0] ?? ''}\x0f': there are no programs here`);
  }
}
