// `vixen repl`: evaluates what is typed.
import { Repl } from '../../repl/repl.ts';
import { type Command, runCommand } from '../command.ts';
import { EvalFlags } from '../eval-flags.ts';
import { type Evaluation, openEvaluation } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { helpText } from '../help.ts';
import { log, writeErr, writeOut } from '../output.ts';
import { documentation, replHost } from '../repl-host.ts';
import { ReplTerminal } from '../repl-terminal.ts';
import { nixVersion, vixenVersion } from '../version.ts';

const program = 'vixen repl';
// Milliseconds of evaluation between two looks at the keyboard.
const yieldAfter = 50;

class ReplCommand implements Command {
  readonly shared = new EvalFlags();
  evaluation: Evaluation | undefined;
  readonly #files: string[] = [];
  #expr: string | undefined;
  #helped = false;
  #signal: AbortSignal | undefined;
  #lastPause = Date.now();

  get #flags(): Flag[] {
    return [
      { names: ['--file', '-f'], labels: ['file'], help: 'load a file', run: (file) => this.#files.push(file!) },
      {
        names: ['--expr', '-E'],
        labels: ['expr'],
        help: 'add the attributes of an expression',
        run: (text) => {
          this.#expr = text;
        },
      },
      { names: ['--help'], help: 'print this', run: () => this.#help() },
    ];
  }

  #help() {
    this.#helped = true;
    const page = {
      usage: [`${program} [FLAGS] [FILE …]`],
      about: 'Evaluates Nix expressions interactively.',
      flags: [...this.#flags, ...this.shared.flags],
      examples: [program, `${program} '<nixpkgs>'`, `${program} -E '{ a = 1; }'`],
    };
    writeOut(helpText(page));
  }

  parse(args: string[]) {
    const options = {
      flags: [...this.shared.flags, ...this.#flags],
      positional: (file: string) => void this.#files.push(file),
      setting: (name: string, value: string) => this.shared.setSetting(name, value),
    };
    parseArguments(args, options, true);
  }

  /** Lets the terminal see a Ctrl-C now and then. */
  #pause(): Promise<void> | undefined {
    if (Date.now() - this.#lastPause < yieldAfter) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        this.#lastPause = Date.now();
        resolve();
      }),
    );
  }

  async run() {
    if (this.#helped) return;
    const drive = { pause: () => this.#pause(), signal: () => this.#signal };
    const evaluation = openEvaluation(this.shared, { readOnly: false, drive });
    this.evaluation = evaluation;
    const showTrace = this.shared.config.settings.bool('show-trace');
    const repl = new Repl(evaluation.session, replHost(evaluation, await documentation()), { base: evaluation.base, showTrace });
    writeErr(`Vixen ${vixenVersion} (Nix ${nixVersion})\nType :? for help.\n`);
    for (const file of this.#files) {
      log(`Loading "${file}"...`);
      await repl.loadFile(file);
    }
    if (this.#expr !== undefined) await repl.take(`:a ${this.#expr}`);
    const terminal = new ReplTerminal(program, repl, evaluation.session, (signal) => {
      this.#signal = signal;
    });
    await terminal.run();
  }
}

export const replCommand = (args: string[]) => runCommand(program, () => new ReplCommand(), args);
