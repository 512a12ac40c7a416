// Problems that the page itself finds.
import type { Limits, Problem } from './protocol.ts';

export function ownProblem(code: string, message: string): Problem {
  return { severity: 'error', code, message, place: undefined, frames: [], text: `error: ${message}` };
}

export const stopped = () => ownProblem('Stopped', 'stopped');

export const outOfTime = ({ time }: Limits) =>
  ownProblem('TimeLimit', `stopped after ${time} seconds, the time limit: either this never ends, or the limit is too low (Settings)`);

export const outOfMemory = ({ memory }: Limits) =>
  ownProblem('MemoryLimit', `stopped at ${memory} MiB, the memory limit: either this grows for ever, or the limit is too low (Settings)`);

/** A call that has failed. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }
}
