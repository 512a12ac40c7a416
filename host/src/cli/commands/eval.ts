// `vixen eval`: evaluates an expression, a file or an attribute of it, and prints the value (nix/eval.cc).
import { type Handle, PrintMode } from '@vixen/eval-core';
import { selectPath } from '../../core/attr-path.ts';
import { resolveImport } from '../../core/files/paths.ts';
import { EvalFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, lookupFile, openEvaluation, readStdin } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { reportFailure } from '../report.ts';
import { maybePrintStats } from '../stats.ts';

const program = 'vixen eval';

class EvalCommand {
  readonly shared = new EvalFlags();
  evaluation: Evaluation | undefined;
  #expr: string | undefined;
  #file: string | undefined;
  readonly #attrPaths: string[] = [];
  readonly #words: string[] = [];
  #apply: string | undefined;
  #mode = PrintMode.Value;
  #strict = false;
  #done = false;

  get #flags(): Flag[] {
    return [
      { names: ['--expr', '-E'], labels: ['expr'], help: 'evaluate an expression', run: (text) => (this.#expr = text!) },
      { names: ['--file', '-f'], labels: ['file'], help: "evaluate a file, '-' for stdin", run: (file) => (this.#file = file!) },
      { names: ['--attr', '-A'], labels: ['path'], help: 'select an attribute', run: (path) => this.#attrPaths.push(path!) },
      { names: ['--apply'], labels: ['expr'], help: 'apply a function to the value', run: (text) => (this.#apply = text!) },
      { names: ['--json'], help: 'print JSON', run: () => (this.#mode = PrintMode.Json) },
      { names: ['--raw'], help: 'print a string as it is', run: () => (this.#mode = PrintMode.Raw) },
      { names: ['--strict'], help: 'evaluate all attributes and elements', run: () => (this.#strict = true) },
      { names: ['--help'], help: 'print this', run: () => this.#help() },
    ];
  }

  #help() {
    this.#done = true;
    writeOut(
      helpText({
        usage: [`${program} [FLAGS] [ATTRIBUTE …]`, `${program} [FLAGS] FILE`],
        about: 'Evaluates a Nix expression and prints its value.',
        flags: [...this.#flags, ...this.shared.flags],
        examples: [
          `${program} -E '1 + 1'`,
          `${program} --json -E '{ a = 1; }'`,
          `${program} -f '<nixpkgs>' hello.drvPath`,
          `${program} ./default.nix -A packages`,
        ],
      }),
    );
  }

  parse(args: string[]) {
    const options = {
      flags: [...this.shared.flags, ...this.#flags],
      positional: (value: string) => void this.#words.push(value),
      setting: (name: string, value: string) => this.shared.setSetting(name, value),
    };
    parseArguments(args, options, true);
  }

  async run() {
    if (this.#done) return;
    const evaluation = openEvaluation(this.shared, { readOnly: false });
    this.evaluation = evaluation;
    const args = await autoArguments(evaluation, this.shared);
    const root = await this.#root(evaluation);
    const paths = [...this.#words, ...this.#attrPaths];
    for (const path of paths.length > 0 ? paths : ['']) await this.#show(evaluation, root, path, args);
    maybePrintStats(evaluation.session);
  }

  async #root(evaluation: Evaluation): Promise<Handle> {
    const { session, base } = evaluation;
    if (this.#expr !== undefined) return session.evalString({ text: this.#expr, base });
    const file = this.#file ?? this.#words.shift() ?? './default.nix';
    if (file === '-') return session.evalString({ text: readStdin(), base, origin: 'stdin' });
    return session.evalFile(resolveImport(session.io.files, await lookupFile(evaluation, file)));
  }

  async #show({ session, base }: Evaluation, root: Handle, path: string, args: Handle) {
    const selected = await selectPath(session, root, path, args);
    let value = await session.autoCall(await session.force(selected.value), args);
    if (this.#apply !== undefined) value = await session.apply(await session.evalString({ text: this.#apply, base }), value);
    if (this.#mode === PrintMode.Raw) return writeOut(await session.coerce(value, 'while generating the eval command output'));
    const shown = this.#strict ? await session.run(session.machine.deepForce(value)) : value;
    writeOut(await session.print(shown, this.#mode));
    writeOut('\n');
  }
}

/** Runs the command; gives its exit code. */
export async function evalCommand(args: string[]): Promise<number> {
  let command: EvalCommand | undefined;
  try {
    command = new EvalCommand();
    command.parse(args);
    await command.run();
    return 0;
  } catch (error) {
    const showTrace = command?.shared.config.settings.bool('show-trace') ?? false;
    return reportFailure(error, { program, showTrace, session: command?.evaluation?.session });
  }
}
