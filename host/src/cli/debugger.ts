// `--debugger`: stops are shown on the terminal, and lines are read from stdin.
import readline from 'node:readline';
import { filterEscapes } from '../core/errors/ansi.ts';
import type { DebugStop } from '../core/io.ts';
import { NumberSetting } from '../core/machine-settings.ts';
import type { Session } from '../core/session.ts';
import { type DebuggerHost, DebuggerQuit, DebugRepl, stopNotice } from '../repl/debugger.ts';
import type { ReplHost } from '../repl/repl.ts';
import { log, writeErr, writeOut } from './output.ts';
import { reportFailure } from './report.ts';
import { nixVersion, vixenVersion } from './version.ts';

const prompt = 'vixen-repl> ';
const slice = 20_000;

export interface DebuggerOptions {
  program: string;
  base: string;
  showTrace: boolean;
  host: (session: Session) => ReplHost;
}

export class TerminalDebugger {
  readonly #options: DebuggerOptions;
  #session: Session | undefined;
  #reader: readline.Interface | undefined;
  #lines: AsyncIterator<string> | undefined;
  #introduced = false;
  #stepping = false;
  #inside = false;

  constructor(options: DebuggerOptions) {
    this.#options = options;
  }

  /** The session that is debugged. Others of the same evaluation, which read flakes, are not: the setting is its machine's alone. */
  attach(session: Session) {
    this.#session = session;
    session.machine.setOption(NumberSetting.Debugger, true);
  }

  /** Evaluations until the machine comes back: one where the user steps. */
  readonly fuel = () => (this.#stepping && !this.#inside ? 1 : slice);

  /** Between slices: a step has ended. */
  readonly pause = (): Promise<void> | undefined =>
    this.#stepping && !this.#inside ? this.stop({ reason: 'step', tried: false }) : undefined;

  /** Talks to the user until evaluation is to go on. */
  readonly stop = async (stop: DebugStop): Promise<void> => {
    const session = this.#session!;
    this.#stepping = false;
    if (stop.reason === 'error') this.#showError(session.machine.takeError());
    const notice = stopNotice(stop);
    if (notice !== '') log(notice);
    if (!this.#introduced) writeErr(`Vixen ${vixenVersion} (Nix ${nixVersion}) debugger\nType :? for help.\n`);
    this.#introduced = true;
    this.#inside = true;
    const { base, showTrace } = this.#options;
    const repl = new DebugRepl(session, this.#host(session), { base, showTrace });
    const outcome = await session.machine.aside(() => repl.run()).finally(() => (this.#inside = false));
    if (outcome === 'step') this.#stepping = true;
    if (outcome !== 'quit') return;
    this.close();
    if (stop.reason !== 'error') throw new DebuggerQuit('ended by the user');
    session.machine.setOption(NumberSetting.Debugger, false);
  };

  #showError(error: unknown) {
    reportFailure(error, { program: this.#options.program, showTrace: this.#options.showTrace, session: this.#session });
    writeErr('\n');
  }

  #host(session: Session): DebuggerHost {
    return {
      ...this.#options.host(session),
      print: (text) => writeOut(`${filterEscapes(text, process.stdout.isTTY !== true)}\n`),
      readLine: (unfinished) => this.#readLine(unfinished),
      showError: (error) => this.#showError(error),
      readSource: (path) => session.sourceOf(path),
    };
  }

  async #readLine(unfinished: boolean): Promise<string | undefined> {
    if (!this.#reader) {
      const terminal = process.stdin.isTTY === true;
      this.#reader = readline.createInterface({ input: process.stdin, terminal, ...(terminal && { output: process.stdout }) });
      this.#lines = this.#reader[Symbol.asyncIterator]();
    }
    this.#reader.setPrompt(unfinished ? ' '.repeat(prompt.length) : prompt);
    this.#reader.prompt();
    const { value, done } = await this.#lines!.next();
    return done ? undefined : value;
  }

  close() {
    this.#reader?.close();
    this.#reader = undefined;
  }
}
