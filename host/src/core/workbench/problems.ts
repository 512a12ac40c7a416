// Errors as data.
import { AbortedError, ErrorCode, NixError, stripMarks } from '@vixen/eval-core';
import { CodedError } from '@vixen/wasm';
import { renderReport } from '../errors/render.ts';
import { FileError } from '../files/tree.ts';
import { HostError } from '../io.ts';
import { PackError } from '../pack/errors.ts';
import type { Sources } from './sources.ts';
import type { ErrorKind, Problem } from './types.ts';

const kinds: Record<ErrorCode, ErrorKind> = {
  [ErrorCode.Eval]: 'evaluation',
  [ErrorCode.Type]: 'type',
  [ErrorCode.Throw]: 'throw',
  [ErrorCode.Assert]: 'assertion',
  [ErrorCode.Abort]: 'abort',
  [ErrorCode.UndefinedVar]: 'undefined-variable',
  [ErrorCode.MissingArgument]: 'missing-argument',
  [ErrorCode.InfiniteRecursion]: 'infinite-recursion',
  [ErrorCode.StackOverflow]: 'stack-overflow',
  [ErrorCode.Parse]: 'parse',
  [ErrorCode.InvalidPath]: 'invalid-path',
  [ErrorCode.Restricted]: 'restricted',
  [ErrorCode.Io]: 'io',
  [ErrorCode.Plain]: 'evaluation',
  [ErrorCode.Format]: 'format',
  [ErrorCode.Memory]: 'memory-limit',
  [ErrorCode.Interrupted]: 'cancelled',
  [ErrorCode.Ifd]: 'import-from-derivation',
  [ErrorCode.Feature]: 'feature',
  [ErrorCode.Usage]: 'evaluation',
};

/** What the workbench itself refuses. */
export class WorkbenchError extends Error {
  override readonly name = 'WorkbenchError';
  readonly code: ErrorKind;

  constructor(code: ErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The machine cannot be used any more: it has trapped. */
export const isFatal = (error: unknown): boolean =>
  error instanceof WebAssembly.RuntimeError || (error instanceof NixError && error.cause instanceof WebAssembly.RuntimeError);

// The machine says so in several ways, as it finds out in the middle of an allocation or between two steps.
const outOfMemory = 'out of memory: the evaluation needs more than its memory limit';

/** Errors that have a message for the user, as the evaluator's. */
function asNixError(error: unknown): NixError | undefined {
  if (error instanceof NixError && error.code === ErrorCode.Memory)
    return new NixError(error.code, outOfMemory, { ...error, cause: error });
  if (error instanceof NixError) return error;
  if (error instanceof HostError) {
    const traces = error.traces.map((message) => ({ message, position: undefined, always: false }));
    return new NixError(error.code, error.message, { traces, cause: error });
  }
  if (error instanceof FileError) return new NixError(ErrorCode.Io, error.message, { cause: error });
  return error instanceof CodedError ? new NixError(ErrorCode.Plain, error.message, { cause: error }) : undefined;
}

/** Without a place or a trace. */
function plainProblem(kind: ErrorKind, message: string): Problem {
  const rendered = `error: ${message}`;
  return { kind, message, place: undefined, trace: [], suggestions: [], rendered, detailed: rendered };
}

/** An evaluation was given up: because of a limit, or because its user wanted so. */
function abortedProblem({ cause, message }: AbortedError): Problem {
  if (cause instanceof WorkbenchError) return plainProblem(cause.code, cause.message);
  return plainProblem('cancelled', message);
}

// A program may throw megabytes, and an endless recursion has ten thousand calls on its trace: nobody reads that, and a page could not take it.
const longestMessage = 20_000;
const mostLines = 200;

const shortened = (text: string) => (text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text);

/** The same error with messages that can be read. */
function readable({ code, marked, position, traces, suggestions, status }: NixError): NixError {
  const frames = traces.map((frame) => (frame.message.length > longestMessage ? { ...frame, message: shortened(frame.message) } : frame));
  return new NixError(code, shortened(marked), { position, traces: frames, suggestions, status });
}

export function problemOf(error: unknown, sources: Sources): Problem {
  if (error instanceof WorkbenchError) return plainProblem(error.code, error.message);
  if (error instanceof AbortedError) return abortedProblem(error);
  if (error instanceof PackError) return plainProblem('io', error.message);
  const found = asNixError(error);
  if (!found) return plainProblem('internal', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  const known = readable(found);
  const render = (showTrace: boolean) => renderReport(known, { showTrace, colour: false, readSource: sources.text });
  const lines = known.traces.filter(({ message }) => message !== '');
  const omitted = Math.max(0, lines.length - mostLines);
  return {
    kind: kinds[known.code],
    message: known.message,
    place: sources.place(known.position),
    trace: lines.slice(omitted).map(({ message, position }) => ({ message: stripMarks(message), place: sources.place(position) })),
    ...(omitted > 0 && { omitted }),
    suggestions: [...known.suggestions].sort((a, b) => a.distance - b.distance).map(({ text }) => text),
    rendered: render(false),
    detailed: render(true),
  };
}
