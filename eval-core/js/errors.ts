// Errors of the evaluator as data. They are rendered at the edge (host/src/core/errors).

/** Classes of errors: assembly/diag/errors.ts `Err`. */
export enum ErrorCode {
  Eval = 1,
  Type,
  Throw,
  Assert,
  Abort,
  UndefinedVar,
  MissingArgument,
  InfiniteRecursion,
  StackOverflow,
  Parse,
  InvalidPath,
  Restricted,
  Io,
  Plain,
  Format,
  Memory,
  Interrupted,
  Ifd,
  Feature,
  /** Commands add a line that points to their help. */
  Usage,
}

/** A place in a source. */
export interface Position {
  line: number;
  column: number;
  origin:
    | { kind: 'path'; path: string }
    | { kind: 'string' | 'stdin'; source: string }
    | { kind: 'internal'; name: string; source: string }
    | { kind: 'none' };
}

/** One `… while doing this` of an error's trace. */
export interface TraceFrame {
  message: string;
  position: Position | undefined;
  /** Shown even where the trace is cut (`addErrorContext`). */
  always: boolean;
  /** Shown with --show-trace alone: calls of functions. */
  detail?: boolean;
}

export interface Suggestion {
  distance: number;
  text: string;
}

/**
 * An error of the program that is evaluated. Messages are marked up: between \x0e and \x0f stands what is coloured, and \x01 number \x02
 * has already been replaced by the position's text. The message of the JavaScript error is free of marks.
 */
export class NixError extends Error {
  override readonly name = 'NixError';
  readonly code: ErrorCode;
  readonly marked: string;
  readonly position: Position | undefined;
  /** Outermost first, as Nix prints them. */
  readonly traces: TraceFrame[];
  readonly suggestions: Suggestion[];
  /** The exit status of a command that ends by this error. */
  readonly status: number;

  constructor(
    code: ErrorCode,
    marked: string,
    details: { position?: Position | undefined; traces?: TraceFrame[]; suggestions?: Suggestion[]; status?: number; cause?: unknown } = {},
  ) {
    super(stripMarks(marked), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.marked = marked;
    this.position = details.position;
    this.traces = details.traces ?? [];
    this.suggestions = details.suggestions ?? [];
    this.status = details.status ?? 1;
  }

  /** The same error inside one more frame. */
  withTrace(message: string, position?: Position): NixError {
    const traces = [{ message, position, always: false }, ...this.traces];
    return new NixError(this.code, this.marked, { ...this, traces, cause: this.cause });
  }
}

/** A coloured argument of a message. */
export const mark = (text: string | number) => `\x0e${text}\x0f`;

/** The text without marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the marks are control characters
export const stripMarks = (marked: string) => marked.replace(/[\x0e\x0f]/g, '');

// What a host's error is made of besides its message goes through the machine inside the message, behind characters that no message has.
const frameMark = '\x1e';
const statusMark = '\x1d';

/** A host's message with its own trace (outermost first) and exit status, as the machine carries it. */
export function packMessage(message: string, traces: readonly string[], status: number | undefined): string {
  const end = status === undefined ? '' : `${statusMark}${status}`;
  return [message, ...traces].join(frameMark) + end;
}

/** The parts of a message that `packMessage` has made, or of any other. */
export function unpackMessage(packed: string): { message: string; traces: string[]; status: number | undefined } {
  const [text = '', status] = packed.split(statusMark);
  const [message = '', ...traces] = text.split(frameMark);
  return { message, traces, status: status === undefined ? undefined : Number(status) };
}

/** The machine or its host broke a rule of their boundary: a bug of ours, never of the evaluated program. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
  readonly code = 'VIXEN_MACHINE';
}

/** The evaluation was stopped by its caller. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';
  readonly code = 'VIXEN_ABORTED';
}
