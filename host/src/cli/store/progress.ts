// How far a transfer is: one line on a terminal (bytes, rate, time left), a plain line now and then elsewhere.
import type { CopyTotals } from '@vixen/store';
import { filterEscapes } from '../../core/errors/ansi.ts';
import { renderSize } from '../../core/sizes.ts';
import { beforeWriting, log, writeTerminal } from '../output.ts';
import { showsProgress } from '../progress.ts';

export interface TransferState {
  readonly doneBytes: number;
  /** Undefined where nobody knows. */
  readonly expectedBytes: number | undefined;
  readonly donePaths: number;
  readonly expectedPaths: number | undefined;
}

const second = 1000;
const firstAfter = second;
const onTerminal = 200;
const elsewhere = 10 * second;
const clearLine = '\r\x1b[K';

function timeLeft(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  const whole = Math.ceil(seconds);
  return whole < 60 ? `, ${whole} s left` : `, ${Math.floor(whole / 60)} min ${whole % 60} s left`;
}

/** The line that says it. */
export function transferLine(verb: string, state: TransferState, seconds: number): string {
  const { doneBytes, expectedBytes, donePaths, expectedPaths } = state;
  const rate = seconds > 0 ? doneBytes / seconds : 0;
  const of = (total: string | undefined) => (total === undefined ? '' : `/${total}`);
  const paths = `${donePaths}${of(expectedPaths === undefined ? undefined : String(expectedPaths))} paths`;
  const bytes = `${renderSize(doneBytes)}${of(expectedBytes === undefined ? undefined : renderSize(expectedBytes))}`;
  const left = expectedBytes === undefined || rate === 0 ? '' : timeLeft((expectedBytes - doneBytes) / rate);
  return `${verb} ${paths}, ${bytes}, ${renderSize(rate)}/s${left}`;
}

export class TransferProgress {
  readonly #verb: string;
  readonly #started = Date.now();
  readonly #terminal = showsProgress();
  #last: number;
  #shown = false;

  constructor(verb: string) {
    this.#verb = verb;
    this.#last = this.#started + firstAfter - this.#every;
    if (this.#terminal) beforeWriting(() => this.#clear());
  }

  get #every(): number {
    return this.#terminal ? onTerminal : elsewhere;
  }

  /** Takes what `copyPaths` tells. */
  readonly event = (_event: unknown, totals: CopyTotals) =>
    this.update({
      doneBytes: totals.doneBytes,
      expectedBytes: totals.bytes,
      donePaths: totals.donePaths,
      expectedPaths: totals.paths,
    });

  /** Called often; says something now and then. */
  readonly update = (state: TransferState) => {
    const now = Date.now();
    if (now - this.#last < this.#every) return;
    this.#last = now;
    const text = transferLine(this.#verb, state, (now - this.#started) / second);
    if (!this.#terminal) return log(text);
    writeTerminal(clearLine + filterEscapes(text, true, (process.stderr.columns || 80) - 1));
    this.#shown = true;
  };

  #clear() {
    if (this.#shown) writeTerminal(clearLine);
    this.#shown = false;
  }

  end() {
    this.#clear();
  }
}
