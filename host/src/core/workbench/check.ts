// Texts as they are typed: what is wrong with them before anything is evaluated.
import { AbortedError } from '@vixen/eval-core';
import { parentPath } from '../files/paths.ts';
import { problemOf } from './problems.ts';
import { Run, type Surroundings } from './run.ts';
import { Sources } from './sources.ts';
import type { Check, Warning } from './types.ts';

export interface CheckOptions {
  signal?: AbortSignal | undefined;
  /** The path that the text is going to be saved under. */
  file?: string | undefined;
}

// A machine keeps every text that it has read, for messages: after so many bytes comes a new one.
const renewAfter = 32 * 2 ** 20;

/** Parses texts, and resolves their variables, in a machine of its own. */
export class Checker {
  readonly #surroundings: Surroundings;
  #run: Run | undefined;
  #warnings: Warning[] = [];

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  #machine(): Run {
    const known = this.#run;
    if (known && !known.dead && known.machine.memory.length < renewAfter) return known;
    this.#run = new Run({
      ...this.#surroundings,
      sources: {},
      base: '/',
      limits: {},
      onMessage: () => {},
      onWarning: (warning) => this.#warnings.push(warning),
    });
    return this.#run;
  }

  async check(text: string, { signal, file }: CheckOptions = {}): Promise<Check> {
    const run = this.#machine();
    // The text is the one that is typed, not the file that was saved.
    const sources = new Sources((path) => (path === file ? text : undefined));
    run.sources = sources;
    this.#warnings = [];
    const source = { text, base: file === undefined ? '/' : parentPath(file), origin: file ?? '' };
    try {
      await run.work(signal, () => run.session.parse(source));
      return { problems: [], warnings: this.#warnings };
    } catch (error) {
      if (error instanceof AbortedError) throw error;
      return { problems: [problemOf(error, sources)], warnings: this.#warnings };
    }
  }
}
