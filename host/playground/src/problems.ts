// Problems that the page itself finds, and how they travel.
import type { ErrorKind, Problem } from '@vixen/host';
import type { Limits } from './protocol.ts';

export function ownProblem(kind: ErrorKind, message: string): Problem {
  const rendered = `error: ${message}`;
  return { kind, message, place: undefined, trace: [], suggestions: [], rendered, detailed: rendered };
}

export const stopped = () => ownProblem('cancelled', 'stopped');

export const outOfTime = ({ time }: Limits) => ownProblem('time-limit', `the evaluation takes longer than its time limit of ${time} s`);

/** A call that has failed. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }

  get code(): ErrorKind {
    return this.problem.kind;
  }
}

/** What is to be shown of a call that has failed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CallError) return error.problem;
  return ownProblem('internal', error instanceof Error ? error.message : String(error));
}
