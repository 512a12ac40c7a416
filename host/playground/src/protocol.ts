// Everything that page and worker say to each other. A view that needs something of the evaluator adds a call here, a handler in
// worker/handlers.ts, and calls it with `client.call`.

/** A place in a file of the page. Lines and columns start at 1; columns count bytes of UTF-8, as Nix's do. */
export interface SourcePlace {
  path: string;
  line: number;
  column: number;
}

/** One `… while doing this` of a trace. */
export interface Frame {
  message: string;
  place: SourcePlace | undefined;
  /** Calls of functions, which Nix shows with --show-trace alone. */
  detail: boolean;
}

/** An error or a warning. */
export interface Problem {
  severity: 'error' | 'warning';
  /** The name of an ErrorCode of eval-core, or the page's own: a limit, a stop by the user, a fault of Vixen. */
  code: string;
  message: string;
  place: SourcePlace | undefined;
  /** Outermost first. */
  frames: Frame[];
  /** The whole as Nix prints it. */
  text: string;
}

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

export interface Usage {
  milliseconds: number;
  /** Bytes of the evaluator's memory. */
  memory: number;
}

/** A value that has been computed; the calls of views name it by `run`. */
export interface Evaluated {
  run: number;
  /** As Nix's messages name it: `a set`. */
  type: string;
  usage: Usage;
  warnings: Problem[];
}

export type PrintStyle = 'nix' | 'json' | 'xml';

export interface Printed {
  text: string;
  /** The text was longer, and is cut. */
  cut: boolean;
}

interface Call<Params, Result> {
  params: Params;
  result: Result;
}

/** All calls: parameters and results are copied, so they are plain data. */
export interface Calls {
  /** Evaluates a file to weak head normal form; what was computed before is forgotten. */
  evaluate: Call<{ path: string; limits: Limits }, Evaluated>;
  /** Prints the value: its first level, or all of it. Undefined where that takes longer than `within` milliseconds. */
  print: Call<{ run: number; style: PrintStyle; all: boolean; within?: number }, Printed | undefined>;
  /** Parses, and evaluates nothing. */
  check: Call<{ path: string; text: string }, Problem[]>;
}

export type CallName = keyof Calls;

/** Kinds of what evaluation says while it runs. */
export interface Message {
  kind: 'trace' | 'warning';
  text: string;
}

export type ToWorker =
  | { type: 'start'; evaluator: WebAssembly.Module; hashes: WebAssembly.Module }
  | { type: 'files'; changes: FileChange[] }
  | { type: 'call'; id: number; name: CallName; params: unknown }
  | { type: 'cancel'; id: number };

export type FromWorker =
  | { type: 'result'; id: number; result: unknown }
  | { type: 'failure'; id: number; problem: Problem }
  | { type: 'messages'; messages: Message[]; dropped: number }
  | { type: 'progress'; usage: Usage };
