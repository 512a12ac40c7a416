// What the machine's requests are answered from: everything outside the evaluator, behind one interface. host/src/node has the one of the
// command line; a page in a browser brings its own.
import type { ErrorCode } from '@vixen/eval-core';
import type { FileTree } from './files/tree.ts';

export type MaybePromise<T> = T | Promise<T>;

export interface HostErrorOptions extends ErrorOptions {
  /** Frames of the error's own, outermost first, with marks. */
  traces?: readonly string[];
  /** The exit status of a command that ends by it. */
  status?: number | undefined;
}

/** What the outside reports as an error of the evaluated program; the message may hold marks. */
export class HostError extends Error {
  override readonly name: string = 'HostError';
  readonly code: ErrorCode;
  readonly traces: readonly string[];
  readonly status: number | undefined;

  constructor(code: ErrorCode, message: string, { traces = [], status, ...options }: HostErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.traces = traces;
    this.status = status;
  }

  /** The same error inside one more frame. */
  withTrace(frame: string): HostError {
    return new HostError(this.code, this.message, { traces: [frame, ...this.traces], status: this.status, cause: this.cause });
  }
}

/** How a path is to be added to the store. */
export interface AddPathRequest {
  path: string;
  name: string;
  /** The whole tree as a NAR, or the bytes of one file. */
  recursive: boolean;
  /** Follow `path` where it is a symlink. */
  follow: boolean;
  /** Compute the store path, write nothing. */
  computeOnly: boolean;
  references: string[];
  /** The store path that is expected; '' for none. */
  expected: string;
  /** The paths below that are taken (relative); undefined for all. */
  kept: string[] | undefined;
}

/** A store object with what else of it belongs to its closure. */
export interface ClosureEntry {
  path: string;
  /** Output names, where it is a derivation. */
  outputs: string[];
}

/** The store, as far as evaluation needs it. Paths are logical (`/nix/store/…`). */
export interface EvalStore {
  readonly directory: string;
  addPath(request: AddPathRequest): MaybePromise<string>;
  addText(name: string, contents: Uint8Array, references: string[], path: string): MaybePromise<void>;
  isValid(path: string): MaybePromise<boolean>;
  /** Fetches or builds the path where it is not valid; fails where that cannot be. */
  makeValid(path: string): MaybePromise<void>;
  closure(path: string): MaybePromise<ClosureEntry[]>;
  /** Undefined where the path is not valid. */
  references(path: string): MaybePromise<string[] | undefined>;
  /** The text of a derivation. */
  readDerivation(path: string): MaybePromise<Uint8Array>;
  /** Makes context elements (docs/requests.md) real; placeholders that are known by then come back with what replaces them. */
  realise(elements: string[], forImport: boolean): MaybePromise<Map<string, string>>;
}

/** Fetchers and flakes: arguments and results are JSON (docs/requests.md). */
export interface Fetching {
  fetch(fetcher: string, args: string): MaybePromise<string>;
  flake(operation: string, argument: string): MaybePromise<string>;
  /** The path that the value of a search path entry stands for; undefined where it is to be ignored. */
  searchPath(value: string): MaybePromise<string | undefined>;
}

export type MessageKind = 'trace' | 'evaluation warning' | 'text' | 'warning';

export interface DebugStop {
  readonly reason: 'error' | 'break' | 'step';
  /** Inside of a `tryEval`, which may take the error as its value. */
  readonly tried: boolean;
}

export interface HostIO {
  readonly files: FileTree;
  readonly store: EvalStore;
  readonly fetching: Fetching;
  env(name: string): string | undefined;
  /** Seconds since 1970. */
  now(): number;
  /** The digest in base 16. */
  hash(bytes: Uint8Array, algorithm: string): string;
  exec(words: string[]): Uint8Array;
  /** A warning or a trace, with marks; already rendered where the kind is `text`. */
  message(kind: MessageKind, text: string): void;
  /** The debugger has stopped: comes back when evaluation is to go on. */
  debug?(stop: DebugStop): MaybePromise<void>;
}
