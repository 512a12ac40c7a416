// What a job may take, and how it gives way: asked between any two slices of the machine.
import { CallError, outOfTime, stopped } from '../problems.ts';
import type { Limits } from '../protocol.ts';
import { nextTask } from './yield.ts';

// Milliseconds: a page that asks for something waits no longer than this.
const sliceTime = 12;

/** A print that is only wanted if it is quick took too long. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';
  readonly code = 'PLAYGROUND_TOO_SLOW';
}

export interface BudgetOptions {
  limits: Limits;
  /** Stops the job without a complaint after so many milliseconds. */
  within?: number | undefined;
  /** Called when the job gives way. */
  paused: () => void;
}

export class Budget {
  readonly #controller = new AbortController();
  readonly #options: BudgetOptions;
  readonly started = performance.now();
  #sliceStarted = this.started;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get elapsed(): number {
    return performance.now() - this.started;
  }

  stop() {
    this.#controller.abort(new CallError(stopped()));
  }

  /** For the machine's driver. */
  readonly pause = (): undefined | Promise<void> => {
    const now = performance.now();
    const { limits, within } = this.#options;
    if (now - this.started > limits.time * 1000) this.#controller.abort(new CallError(outOfTime(limits)));
    if (within !== undefined && now - this.started > within) this.#controller.abort(new TooSlow('too slow'));
    return now - this.#sliceStarted < sliceTime ? undefined : this.#giveWay();
  };

  async #giveWay() {
    this.#options.paused();
    await nextTask();
    this.#sliceStarted = performance.now();
  }
}
