// Errors of the evaluator as the page shows them.
import { AbortedError, ErrorCode, NixError, type ParserWarning, type Position, stripMarks } from '@vixen/eval-core';
import { renderReport, type Session } from '@vixen/host';
import { CallError, outOfMemory, ownProblem } from '../problems.ts';
import type { Limits, Problem, SourcePlace } from '../protocol.ts';

function placeOf(position: Position | undefined): SourcePlace | undefined {
  if (position?.origin.kind !== 'path' || position.line === 0) return undefined;
  return { path: position.origin.path, line: position.line, column: position.column };
}

function nixProblem(error: NixError, session: Session): Problem {
  return {
    severity: 'error',
    code: ErrorCode[error.code] ?? String(error.code),
    message: error.message,
    place: placeOf(error.position),
    frames: error.traces.map(({ message, position, detail = false }) => ({
      message: stripMarks(message),
      place: placeOf(position),
      detail,
    })),
    text: session.render(error, { showTrace: false, colour: false }),
  };
}

/** The problem that a failed job shows. */
export function problemOf(error: unknown, session: Session, limits: Limits): Problem {
  if (error instanceof AbortedError && error.cause instanceof CallError) return error.cause.problem;
  if (error instanceof CallError) return error.problem;
  if (!(error instanceof NixError)) return faultOf(error);
  return error.code === ErrorCode.Memory ? { ...outOfMemory(limits), text: error.message } : nixProblem(error, session);
}

/** What should never happen. */
export function faultOf(error: unknown): Problem {
  return ownProblem('Fault', `a fault of Vixen: ${error instanceof Error ? error.message : String(error)}`);
}

export function warningProblem({ message, position }: ParserWarning, sourceOf: (path: string) => string | undefined): Problem {
  return {
    severity: 'warning',
    code: 'Warning',
    message: stripMarks(message),
    place: placeOf(position),
    frames: [],
    text: renderReport({ marked: message, position }, { level: 'warning', showTrace: false, colour: false, readSource: sourceOf }),
  };
}
