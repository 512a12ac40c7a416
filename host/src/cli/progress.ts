// One line on the terminal for work that takes longer than a second: what is going on, for how long, with how much memory.
import { filterEscapes } from '../core/errors/ansi.ts';
import { beforeWriting, writeTerminal } from './output.ts';

const firstAfter = 1000;
const every = 200;
const clearLine = '\r\x1b[K';
const megabyte = 2 ** 20;

export class Progress {
  /** While somebody else draws. */
  static paused = false;
  readonly #started = Date.now();
  readonly #memory: () => number;
  #last = Date.now() + firstAfter - every;
  #shown = false;
  #activity = 'evaluating';

  /** `memory` tells how many bytes the evaluator has. */
  constructor(memory: () => number) {
    this.#memory = memory;
    beforeWriting(() => this.clear());
    // While the evaluator waits for a download nothing else would draw; it keeps nobody from ending.
    setInterval(() => this.tick(), every).unref();
  }

  /** Says what is being done; an empty text is evaluation. */
  activity(text: string) {
    this.#activity = text || 'evaluating';
  }

  /** Called often; draws now and then. */
  tick() {
    const now = Date.now();
    if (Progress.paused || now - this.#last < every) return;
    this.#last = now;
    const seconds = Math.floor((now - this.#started) / 1000);
    const text = `${this.#activity} (${seconds} s, ${Math.round(this.#memory() / megabyte)} MB)`;
    writeTerminal(clearLine + filterEscapes(text, true, (process.stderr.columns || 80) - 1));
    this.#shown = true;
  }

  clear() {
    if (!this.#shown) return;
    this.#shown = false;
    writeTerminal(clearLine);
  }
}

/** Progress is shown on a terminal alone. */
export const showsProgress = () => process.stderr.isTTY === true && (process.env.TERM ?? 'dumb') !== 'dumb' && !process.env.CI;
