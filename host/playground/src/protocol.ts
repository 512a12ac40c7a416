// Everything that page and worker say to each other. A view that needs something of the evaluator adds a call here, a handler in
// worker/handlers.ts, and calls it with `client.call`. What is answered are the workbench's own types (host/src/core/workbench/types.ts).
import type {
  Bytecode,
  Check,
  Children,
  CopyFormat,
  DerivationView,
  Evaluation,
  ForceOrder,
  Message,
  PackFigures,
  Problem,
  Statistics,
  SyntaxTree,
  ValueDetails,
  ValueId,
  ValueSummary,
} from '@vixen/host';

/** What an evaluation may use. */
export interface Limits {
  /** Seconds. */
  time: number;
  /** Mebibytes of the evaluator's memory. */
  memory: number;
}

/** A file that has changed since the last call; `contents` is undefined for one that is gone. */
export interface FileChange {
  path: string;
  contents: string | Uint8Array | undefined;
}

interface Call<Params, Result> {
  params: Params;
  result: Result;
}

/** All calls. A value's id is good until the next evaluation. */
export interface Calls {
  /** Evaluates a file to weak head normal form; what was computed before is forgotten. */
  evaluate: Call<{ path: string; limits: Limits; forces?: number }, Evaluation>;
  /** What is wrong with a text; nothing is evaluated. */
  check: Call<{ path: string; text: string }, Check>;
  /** The attribute names of an expression, for completion; none where it fails. */
  members: Call<{ expression: string }, string[]>;
  describe: Call<{ id: ValueId }, ValueDetails>;
  children: Call<{ id: ValueId; from?: number; count?: number }, Children>;
  force: Call<{ id: ValueId }, ValueSummary>;
  select: Call<{ id: ValueId; path: (string | number)[] }, ValueSummary>;
  copy: Call<{ id: ValueId; format: CopyFormat }, string>;
  derivation: Call<{ id: ValueId; nodes?: number }, DerivationView>;
  statistics: Call<Record<string, never>, Statistics>;
  /** How a file is read. Of a large one, the first nodes. */
  syntaxTree: Call<{ path: string }, SyntaxTree & { cut: boolean }>;
  /** What a file is compiled to. Of a large one, the first bodies. */
  bytecode: Call<{ path: string }, Bytecode>;
  /** What `evaluate` was to remember with `forces`. */
  forceOrder: Call<Record<string, never>, ForceOrder>;
}

export type CallName = keyof Calls;

export type ToWorker =
  /** `site`: the page's own address. */
  | { type: 'start'; evaluator: WebAssembly.Module; hashes: WebAssembly.Module; site: string }
  | { type: 'files'; changes: FileChange[] }
  | { type: 'call'; id: number; name: CallName; params: unknown }
  | { type: 'cancel'; id: number }
  /** Whether a URL may be requested. */
  | { type: 'answer'; id: number; allowed: boolean };

export type FromWorker =
  | { type: 'result'; id: number; result: unknown }
  | { type: 'failure'; id: number; problem: Problem }
  /** What evaluation has said since the last time, and how much more that is not worth showing. */
  | { type: 'messages'; messages: Message[]; dropped: number }
  /** What the pack of nixpkgs has fetched. */
  | { type: 'pack'; label: string; figures: PackFigures }
  /** Asks whether a URL may be requested; nothing is sent before it was allowed. */
  | { type: 'ask'; id: number; url: string }
  /** The request has ended, or is not wanted any more. */
  | { type: 'settled'; id: number };
