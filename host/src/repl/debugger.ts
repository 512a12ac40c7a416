// The debugger (libcmd/repl.cc, libexpr/eval.cc `runDebugRepl`): a repl in which what is in scope where evaluation has stopped can be looked at.
import { type DebugPlace, Place, showPosition } from '@vixen/eval-core';
import { ansi } from '../core/errors/ansi.ts';
import { excerpt } from '../core/errors/excerpt.ts';
import type { DebugStop } from '../core/io.ts';
import type { Session } from '../core/session.ts';
import { Repl, type ReplHost, type ReplOutcome } from './repl.ts';
import { IncompleteInput } from './scope.ts';

export interface DebuggerHost extends ReplHost {
  /** The next line that the user types; undefined at the end of input. */
  readLine(unfinished: boolean): Promise<string | undefined>;
  /** Shows the error in flight, or of something that the user typed. */
  showError(error: unknown): void;
  /** Text of a file, for excerpts. */
  readSource(path: string): string | undefined;
}

/** The user has ended the program from the debugger. */
export class DebuggerQuit extends Error {
  override readonly name = 'DebuggerQuit';
  readonly code = 'VIXEN_DEBUGGER_QUIT';
}

export type Resume = 'continue' | 'step' | 'quit';

const heading = (place: DebugPlace, index: number) => `\n${ansi.blue}${index}${ansi.normal}: ${titleOf(place)}\n`;

function titleOf({ what, name }: DebugPlace): string {
  if (what === Place.Call) return 'while calling a function';
  if (what === Place.Function) return `while calling ${ansi.magenta}${name === undefined ? 'anonymous lambda' : `'${name}'`}${ansi.normal}`;
  return what === Place.Attribute ? 'while evaluating an attribute' : 'while evaluating an expression';
}

/** One stop: from the prompt's appearance until evaluation goes on. */
export class DebugRepl {
  readonly #session: Session;
  readonly #host: DebuggerHost;
  readonly #repl: Repl;
  readonly #places: readonly DebugPlace[];
  #at = 0;

  constructor(session: Session, host: DebuggerHost, options: { base: string; showTrace: boolean }) {
    this.#session = session;
    this.#host = host;
    this.#places = session.machine.debugPlaces();
    const more = {
      ':bt': async () => this.#backtrace(),
      ':backtrace': async () => this.#backtrace(),
      ':st': (text: string) => this.#goTo(text),
      ':env': async () => this.#showLevels(),
      ':c': async (): Promise<ReplOutcome> => 'continue',
      ':continue': async (): Promise<ReplOutcome> => 'continue',
      ':s': async (): Promise<ReplOutcome> => 'step',
      ':step': async (): Promise<ReplOutcome> => 'step',
    };
    this.#repl = new Repl(session, host, { ...options, more });
  }

  /** Takes lines until one says how to go on. Must run aside of the job that waits. */
  async run(): Promise<Resume> {
    await this.#enterScope();
    let input = '';
    for (;;) {
      const line = await this.#host.readLine(input !== '');
      if (line === undefined) return 'quit';
      input = input === '' ? line : `${input}\n${line}`;
      const outcome = await this.#take(input);
      if (outcome === 'quit' || outcome === 'continue' || outcome === 'step') return outcome;
      if (outcome === 'more') continue;
      input = '';
      this.#host.print('');
    }
  }

  async #take(input: string): Promise<ReplOutcome> {
    try {
      return await this.#repl.take(input);
    } catch (error) {
      if (error instanceof IncompleteInput) return 'more';
      this.#host.showError(error);
      return 'done';
    }
  }

  async #enterScope() {
    this.#repl.scope.clear();
    if (this.#places.length > 0) await this.#repl.scope.add(this.#session.machine.debugVariables(this.#at));
  }

  #show(index: number) {
    const place = this.#places[index]!;
    const { position } = place;
    const text = position && excerpt(position, (path) => this.#host.readSource(path));
    const where = position ? `${showPosition(position)}\n${text === undefined ? '' : `${text}\n`}` : '';
    this.#host.print(heading(place, index) + where);
  }

  #backtrace() {
    for (const index of this.#places.keys()) this.#show(index);
  }

  async #goTo(text: string) {
    const index = /^\d+$/.test(text) ? Number(text) : this.#at;
    if (index >= this.#places.length) return;
    this.#at = index;
    this.#show(index);
    this.#showLevels();
    await this.#enterScope();
  }

  #showLevels() {
    const levels = this.#places.length > 0 ? this.#session.machine.debugLevels(this.#at) : [];
    for (const [i, names] of levels.entries()) {
      const shown = names.length === 0 ? 'with' : `static: ${ansi.magenta}${names.join(' ')}${ansi.normal}`;
      this.#host.print(`Env level ${i}\n${shown}\n`);
    }
    this.#host.print(`Env level ${levels.length}\n${ansi.magenta}builtins${ansi.normal}\n`);
  }
}

/** What stops there, in words. */
export function stopNotice({ reason, tried }: DebugStop): string {
  if (reason === 'break') return 'info: breakpoint reached\n';
  if (reason === 'step') return '';
  return tried ? "This exception occurred in a 'tryEval' call. Use --ignore-try to skip these.\n" : '';
}
