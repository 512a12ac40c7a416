// Writing to the process's streams at once: nothing is lost when the process ends, and order is kept between them.
import fs from 'node:fs';
import { encodeText } from '@vixen/eval-core';
import { filterEscapes } from '../core/errors/ansi.ts';
import { hasErrorCode } from '../node/system-error.ts';

const stdout = 1;
const stderr = 2;
const retryAfter = 5;

/** Pipes that are set to not block are full now and then. */
function waitALittle() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryAfter);
}

function writeAll(fd: number, bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (error) {
      if (!hasErrorCode(error, 'EAGAIN')) throw error;
      waitALittle();
    }
  }
}

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

/** Data. A reader that has gone is no error: the process ends quietly. */
export function writeOut(data: string | Uint8Array) {
  prepare();
  try {
    writeAll(stdout, typeof data === 'string' ? encodeText(data) : data);
  } catch (error) {
    if (hasErrorCode(error, 'EPIPE')) process.exit(0);
    throw error;
  }
}

/** Everything that is said about the work. Nobody listening is no reason to stop it. */
export function writeErr(text: string) {
  prepare();
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
