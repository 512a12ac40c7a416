// The terminal of the repl: prompt, history, completion, input over several lines, Ctrl-C.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import type { Session } from '../core/session.ts';
import { xdgFolder } from '../node/folders.ts';
import { complete } from '../repl/completion.ts';
import type { Repl } from '../repl/repl.ts';
import { writeOut } from './output.ts';
import { reportFailure } from './report.ts';

const prompt = 'vixen-repl> ';
const historySize = 1000;

const historyFile = () => path.join(xdgFolder(process.env, 'XDG_DATA_HOME', '.local/share'), 'vixen', 'repl-history');

/** What was typed in earlier sessions, newest first. */
function readHistory(): string[] {
  try {
    const lines = fs.readFileSync(historyFile(), 'utf8').split('\n');
    return lines
      .filter((line) => line !== '')
      .slice(-historySize)
      .reverse();
  } catch {
    return [];
  }
}

function writeHistory(lines: readonly string[]) {
  try {
    fs.mkdirSync(path.dirname(historyFile()), { recursive: true });
    fs.writeFileSync(historyFile(), `${[...lines].reverse().join('\n')}\n`);
  } catch {
    // A history that cannot be kept is no reason to fail.
  }
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

export class ReplTerminal {
  readonly #program: string;
  readonly #repl: Repl;
  readonly #session: Session;
  readonly #setSignal: (signal: AbortSignal) => void;
  #input = '';
  #abort: AbortController | undefined;

  constructor(program: string, repl: Repl, session: Session, setSignal: (signal: AbortSignal) => void) {
    this.#program = program;
    this.#repl = repl;
    this.#session = session;
    this.#setSignal = setSignal;
  }

  /** Reads lines until there are no more. */
  async run(): Promise<void> {
    const terminal = process.stdin.isTTY === true;
    let history = terminal ? readHistory() : [];
    const reader = readline.createInterface({
      input: process.stdin,
      ...(terminal && { output: process.stdout, completer: this.#complete }),
      terminal,
      historySize,
      history,
      prompt,
    });
    reader.on('history', (lines: string[]) => {
      history = lines;
    });
    reader.on('SIGINT', () => this.#interrupt(reader));
    reader.prompt();
    for await (const line of reader) {
      if (await this.#take(line)) break;
      reader.setPrompt(this.#input === '' ? prompt : ' '.repeat(prompt.length));
      reader.prompt();
    }
    reader.close();
    if (terminal) writeHistory(history);
  }

  /** Ctrl-C ends an evaluation, or throws away what was typed. */
  #interrupt(reader: readline.Interface) {
    if (this.#abort) {
      this.#abort.abort();
      return;
    }
    this.#input = '';
    reader.setPrompt(prompt);
    writeOut('\n');
    reader.prompt();
  }

  readonly #complete = (line: string, done: (error: null, result: [string[], string]) => void) => {
    const found = complete(this.#session, this.#repl.scope, line, listFolder);
    found.then(({ lines, replaced }) => done(null, [lines, replaced]));
  };

  /** Takes a line; answers whether it was the last. */
  async #take(line: string): Promise<boolean> {
    this.#input = this.#input === '' ? line : `${this.#input}\n${line}`;
    this.#abort = new AbortController();
    this.#setSignal(this.#abort.signal);
    try {
      const outcome = await this.#repl.take(this.#input);
      if (outcome === 'quit') return true;
      if (outcome === 'more') return false;
    } catch (error) {
      reportFailure(error, { program: this.#program, showTrace: this.#repl.showTrace, session: this.#session, interactive: true });
    } finally {
      this.#abort = undefined;
    }
    this.#input = '';
    writeOut('\n');
    return false;
  }
}
