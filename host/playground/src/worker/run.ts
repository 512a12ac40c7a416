// One evaluation: a machine of its own, the session around it, its value. Views ask for more of the value as long as it is the latest.
import { Evaluator, type Handle, stripMarks } from '@vixen/eval-core';
import { MemoryIO, Session } from '@vixen/host';
import { WasmHashes } from '@vixen/wasm';
import type { Modules } from '../modules.ts';
import { CallError } from '../problems.ts';
import type { Limits, Problem, Usage } from '../protocol.ts';
import { Budget } from './budget.ts';
import type { Files } from './files.ts';
import { Messages, tellProgress } from './port.ts';
import { problemOf, warningProblem } from './problem.ts';

const progressEvery = 200;
const mebibyte = 1024 * 1024;

export class Run {
  readonly session: Session;
  readonly warnings: Problem[] = [];
  /** Undefined until it is evaluated. */
  value: Handle | undefined;
  readonly #messages = new Messages();
  #budget: Budget | undefined;
  #told = performance.now();

  constructor(
    readonly number: number,
    readonly limits: Limits,
    modules: Modules,
    files: Files,
  ) {
    const machine = Evaluator.fromModule(modules.evaluator);
    machine.exports.setMemoryLimit(limits.memory * mebibyte);
    const io = new MemoryIO(new WasmHashes(modules.hashes).createHasher, {
      files: files.tree(),
      message: (kind, text) => this.#messages.add({ kind: kind.includes('warning') ? 'warning' : 'trace', text: stripMarks(text) }),
    });
    this.session = new Session({
      machine,
      io,
      signal: () => this.#budget?.signal,
      pause: () => this.#budget?.pause(),
      warn: (warning) => this.warnings.push(warningProblem(warning, (path) => this.session.sourceOf(path))),
    });
  }

  get memory(): number {
    return this.session.machine.memory.length;
  }

  /** Does a job on the machine within the limits. */
  async job<T>(work: () => Promise<T>, stopper: (stop: () => void) => void, within?: number): Promise<T> {
    const budget = new Budget({ limits: this.limits, within, paused: () => this.#paused(budget) });
    this.#budget = budget;
    stopper(() => budget.stop());
    try {
      return await work();
    } finally {
      this.#budget = undefined;
      this.#messages.flush();
    }
  }

  /** What a call fails with when its job has failed. */
  failure(error: unknown): CallError {
    return new CallError(problemOf(error, this.session, this.limits), { cause: error });
  }

  usage(milliseconds: number): Usage {
    return { milliseconds, memory: this.memory };
  }

  #paused(budget: Budget) {
    const now = performance.now();
    if (now - this.#told < progressEvery) return;
    this.#told = now;
    this.#messages.flush();
    tellProgress(this.usage(budget.elapsed));
  }
}
