// What the worker has, and the order in which it works: one job at a time on the machine.
import type { Modules } from '../modules.ts';
import { CallError, ownProblem } from '../problems.ts';
import type { Limits } from '../protocol.ts';
import type { Files } from './files.ts';
import { Run } from './run.ts';

/** Lets a call be stopped by the page. */
export type Stopper = (stop: () => void) => void;

export class Workshop {
  readonly modules: Modules;
  readonly files: Files;
  #run: Run | undefined;
  #runs = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(modules: Modules, files: Files) {
    this.modules = modules;
    this.files = files;
  }

  /** A new evaluation; the values of the one before are gone. */
  begin(limits: Limits): Run {
    this.#runs += 1;
    // The old machine's memory has to be given back before the new one asks for its own.
    this.#run = undefined;
    this.#run = new Run(this.#runs, limits, this.modules, this.files);
    return this.#run;
  }

  /** The evaluation that a call speaks of. */
  run(number: number): Run {
    if (this.#run?.number !== number) throw new CallError(ownProblem('Gone', 'this value is gone: there is a newer one'));
    return this.#run;
  }

  /** Works when all that was asked for before is done. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
