// Writing to the process's streams at once: nothing is lost when the process ends, and order is kept between them.
import { decodeText, encodeText } from '@vixen/eval-core';
import { filterEscapes } from '../core/errors/ansi.ts';
import { hasErrorCode } from '../node/system-error.ts';
import { writeAll, writeData } from './write-all.ts';

const stderr = 2;
let prepare: () => void = () => {};

/** What is done before anything is written: a line that is drawn again and again makes room. */
export function beforeWriting(action: () => void) {
  prepare = action;
}

/** Text for the terminal itself. */
export function writeTerminal(text: string) {
  try {
    writeAll(stderr, encodeText(text));
  } catch {
    // Nobody looks.
  }
}

let kept: string[] | undefined;
let spoken = false;

/** Keeps a copy of what is written on stdout from now on; answers what gives it. */
export function keepOutput(): () => string {
  const parts: string[] = [];
  kept = parts;
  return () => parts.join('');
}

/** Whether anything was said on stderr that stays there. */
export const hasSpoken = () => spoken;

/** Data. A reader that has gone is no error: the process ends quietly. */
export function writeOut(data: string | Uint8Array) {
  prepare();
  kept?.push(typeof data === 'string' ? data : decodeText(data));
  writeData(typeof data === 'string' ? encodeText(data) : data);
}

/** Everything that is said about the work. Nobody listening is no reason to stop it. */
export function writeErr(text: string) {
  prepare();
  spoken = true;
  try {
    writeAll(stderr, encodeText(text));
  } catch (error) {
    if (!hasErrorCode(error, 'EPIPE') && !hasErrorCode(error, 'EIO')) throw error;
  }
}

const { env } = process;

/** Whether stderr is a terminal that shows colours (Nix: `TERM` is not dumb; NO_COLOR, NOCOLOR are not set). */
export const colourOnStderr = () =>
  process.stderr.isTTY === true && (env.TERM ?? 'dumb') !== 'dumb' && env.NO_COLOR === undefined && env.NOCOLOR === undefined;

let formatLog: ((text: string) => string) | undefined;

/** How lines of the log are written where they are for a program to read. */
export function logAs(format: (text: string) => string) {
  formatLog = format;
}

/** A text with its line's end, whose colours are as they should be. */
export function logRendered(text: string) {
  writeErr(formatLog ? formatLog(text.replace(/\n$/, '')) : text);
}

/** A line of the log, coloured or not. */
export function log(text: string) {
  if (formatLog) return writeErr(formatLog(text));
  writeErr(`${filterEscapes(text, !colourOnStderr())}\n`);
}
