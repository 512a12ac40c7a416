// Many expressions in one process: each is a file that a repl imports, so that an error ends nothing.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, nixCommand } from './oracle.ts';

/** What came of an expression: all that was printed and logged. */
export interface Outcome {
  printed: string;
  logged: string;
  /** All of the value can be forced. */
  deep: boolean;
  /** The process hung or died. */
  lost: boolean;
}

/** Nothing: the process hung or died. */
export const lost: Outcome = { printed: '', logged: '', deep: false, lost: true };

const launcher = fileURLToPath(new URL('../../../host/bin/vixen.cjs', import.meta.url));
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
/** Milliseconds without a word. */
const silence = 5_000;
/** Characters of output: a value that contains another twice, and so on, prints for ever. */
const longest = 30e6;

// Two lines an expression: the value with the errors in it, then the first error of them with its trace. Both start anew: once it has
// printed an error, Nix's repl says the same again.
// Short ones, since the terminal's line that Nix thinks it has scrolls.
const lines = (i: number) => `:p import ./${i}.nix\n__deepSeq (scopedImport { } ./${i}.nix) "deep"\n__trace "@${i}@" "@${i}@"\n`;
const marker = /(?:^trace: |^")@(\d+)@"?\n/gm;
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** What stands between the markers, by their numbers; the rest under `after`. */
function sections(text: string): { parts: string[]; after: string } {
  const parts: string[] = [];
  let from = 0;
  for (const found of text.matchAll(marker)) {
    parts[Number(found[1])] = text.slice(from, found.index);
    from = found.index + found[0].length;
  }
  return { parts, after: text.slice(from) };
}

/** Stores word it differently. */
const refusal =
  / cannot build '.*| Unable to build with [^»]*?'\/machines'\.| is not valid| is required, but there is no substituter that can build it/g;
const tidy = (text: string | undefined) => (text ?? '').replace(/^\n+|\n+$/g, '');

export class ReplEvaluator {
  readonly name: string;
  readonly #repl: string[];
  readonly #instantiate: string[];

  constructor(name: string, command: (program: 'nix' | 'nix-instantiate') => string[]) {
    this.name = name;
    this.#repl = [...command('nix'), 'repl', '--show-trace'];
    this.#instantiate = [...command('nix-instantiate'), '--eval', '--strict'];
  }

  #run([program = '', ...args]: string[], folder: string, input: string) {
    return new Promise<{ stdout: string; stderr: string; status: number | null }>((resolve, reject) => {
      const child = spawn(program, args, { cwd: folder, env: { ...inherited, ...environment(folder) }, detached: true });
      // With what a wrapper has started.
      const kill = () => {
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
      };
      const timer = setTimeout(kill, silence);
      const output = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (output.stdout.length > longest) kill();
        else output.stdout += text;
        timer.refresh();
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        output.stderr += text;
        timer.refresh();
      });
      child.on('error', reject);
      child.stdin.on('error', () => {}).end(input);
      child.on('close', (status) => {
        clearTimeout(timer);
        resolve({ ...output, status });
      });
    });
  }

  /**
   * What a repl says to the files `0.nix` and so on. After one of `without`, which the other evaluator did not end with, it starts anew, as the
   * other has: what is said can depend on what was evaluated before, such as the order of symbols.
   */
  async evaluate(folder: string, count: number, without: number[] = []): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    while (outcomes.length < count) {
      const from = outcomes.length;
      if (without.includes(from)) {
        outcomes.push(lost);
        continue;
      }
      const to = without.find((i) => i > from) ?? count;
      const said = await this.#segment(folder, from, to);
      outcomes.push(...said.outcomes);
      if (outcomes.length < to) outcomes.push({ ...lost, ...said.end });
    }
    return outcomes;
  }

  /** What one process says to some files, and to the one that it did not end with. */
  async #segment(folder: string, from: number, to: number) {
    const input = Array.from({ length: to - from }, (_, i) => lines(from + i)).join('');
    const { stdout, stderr, status } = await this.#run(this.#repl, folder, input);
    // the prompt and its echo
    const printed = sections(stdout.replace(colours, '').replace(/^nix-repl> .*\n?/gm, ''));
    const logged = sections(stderr.replace(colours, '').replace(/^.*Nix 2.*\nType :\? for help\.\n/, ''));
    const outcomes: Outcome[] = [];
    for (let i = from; i < to && printed.parts[i] !== undefined; i++) {
      const value = tidy(printed.parts[i]).replace(refusal, ' refused');
      const log = tidy(logged.parts[i]).replace(refusal, ' refused');
      outcomes.push({ printed: value, logged: log, deep: /(^|\n)"deep"$/.test(value), lost: false });
    }
    return { outcomes, end: { printed: `${status ?? 'killed'}`, logged: tidy(logged.after).slice(-2000) } };
  }

  /** The values of files that evaluate, as `nix-instantiate` prints a list of them. */
  async print(folder: string, files: number[], flags: string[]): Promise<string> {
    const list = `[\n${files.map((i) => `(import ${path.join(folder, `${i}.nix`)})`).join('\n')}\n]\n`;
    fs.writeFileSync(path.join(folder, 'list.nix'), list);
    const { stdout, stderr } = await this.#run([...this.#instantiate, ...flags, 'list.nix'], folder, '');
    return stdout + stderr;
  }
}

export const vixen = () =>
  new ReplEvaluator('vixen', (program) => [process.execPath, launcher, ...(program === 'nix' ? [] : ['nix-instantiate'])]);
export const nix = () => new ReplEvaluator('nix', nixCommand);
