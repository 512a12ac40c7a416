// `vixen eval`: evaluates an expression, a file or a flake's attribute, and prints the value (nix/eval.cc).
import { type Handle, PrintFlag, PrintMode } from '@vixen/eval-core';
import { selectPath } from '../../core/attr-path.ts';
import { resolveImport } from '../../core/files/paths.ts';
import { currentSystem } from '../../node/system.ts';
import { type Command, runCommand } from '../command.ts';
import type { TerminalDebugger } from '../debugger.ts';
import { EvalFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, lookupFile, openEvaluation, readStdin } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { flakeAttrPaths, isFlake, selectFlake, selectFlakeAttribute } from '../flakes.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { maybePrintStats } from '../stats.ts';
import { UsageError } from '../usage.ts';
import { writeTree } from '../write-tree.ts';

const program = 'vixen eval';

/** The flags that say how the value is printed. */
const printFlags: Partial<Record<PrintMode, string>> = { [PrintMode.Json]: 'json', [PrintMode.Xml]: 'xml', [PrintMode.Raw]: 'raw' };

class EvalCommand implements Command {
  readonly shared = new EvalFlags();
  evaluation: Evaluation | undefined;
  #expr: string | undefined;
  #file: string | undefined;
  readonly #attrPaths: string[] = [];
  readonly #words: string[] = [];
  #apply: string | undefined;
  #mode = PrintMode.Value;
  #strict = false;
  #writeTo: string | undefined;
  #impure = false;
  #helped = false;
  #debugger = false;

  get #flags(): Flag[] {
    const set = (change: (value: string) => void) => (value?: string) => change(value!);
    return [
      {
        names: ['--expr', '-E'],
        labels: ['expr'],
        help: 'evaluate an expression',
        run: set((text) => {
          this.#expr = text;
        }),
      },
      {
        names: ['--file', '-f'],
        labels: ['file'],
        help: "evaluate a file, '-' for stdin",
        run: set((file) => {
          this.#file = file;
        }),
      },
      { names: ['--attr', '-A'], labels: ['path'], help: 'select an attribute', run: (path) => this.#attrPaths.push(path!) },
      {
        names: ['--apply'],
        labels: ['expr'],
        help: 'apply a function to the value',
        run: set((text) => {
          this.#apply = text;
        }),
      },
      { names: ['--json'], help: 'print JSON', run: () => this.#print(PrintMode.Json) },
      { names: ['--xml'], help: 'print XML', run: () => this.#print(PrintMode.Xml) },
      { names: ['--raw'], help: 'print a string as it is', run: () => this.#print(PrintMode.Raw) },
      {
        names: ['--strict'],
        help: 'evaluate all attributes and elements',
        run: () => {
          this.#strict = true;
        },
      },
      {
        names: ['--write-to'],
        labels: ['path'],
        help: 'write a string, or a set of them, to a file or folder',
        run: set((path) => {
          this.#writeTo = path;
        }),
      },
      { names: ['--debugger'], help: 'stop at errors and at builtins.break, and look around', run: () => this.#debug() },
      { names: ['--impure'], help: 'allow access to everything', run: () => this.#allowEverything() },
      { names: ['--help'], help: 'print this', run: () => this.#help() },
    ];
  }

  /** JSON names paths as they are; XML is lazy unless --strict says otherwise. */
  get #printFlags(): number {
    if (this.#mode === PrintMode.Json) return PrintFlag.Strict | PrintFlag.NoCopy;
    return this.#mode === PrintMode.Xml && !this.#strict ? PrintFlag.Locations : PrintFlag.Strict | PrintFlag.Locations;
  }

  #debug() {
    this.#debugger = true;
  }

  async #openDebugger(): Promise<TerminalDebugger> {
    const { TerminalDebugger } = await import('../debugger.ts');
    const { documentation, replHost } = await import('../repl-host.ts');
    const docs = await documentation();
    const showTrace = this.shared.config.settings.bool('show-trace');
    return new TerminalDebugger({ program, base: process.cwd(), showTrace, host: () => replHost(this.evaluation!, docs) });
  }

  #print(mode: PrintMode) {
    const other = this.#mode;
    if (other !== PrintMode.Value && other !== mode)
      throw new UsageError(`'\x0e--${printFlags[other]}\x0f' and '\x0e--${printFlags[mode]}\x0f' are mutually exclusive`);
    this.#mode = mode;
  }

  #allowEverything() {
    this.#impure = true;
    this.shared.setSetting('pure-eval', 'false');
  }

  #help() {
    this.#helped = true;
    const page = {
      usage: [`${program} [FLAGS] FILE [ATTRIBUTE …]`, `${program} [FLAGS] -E EXPR [ATTRIBUTE …]`, `${program} [FLAGS] FLAKE#ATTRIBUTE`],
      about: 'Evaluates a Nix expression and prints its value. Flakes are evaluated purely unless --impure is given.',
      flags: [...this.#flags, ...this.shared.flags.filter(({ names }) => !names.includes('--impure'))],
      examples: [
        `${program} -E '1 + 1'`,
        `${program} --json ./default.nix -A packages`,
        `${program} -f '<nixpkgs>' hello.drvPath`,
        `${program} .#packages.x86_64-linux.default.name`,
        `${program} -E '{ a = 1; }' --apply builtins.attrNames`,
      ],
    };
    writeOut(helpText(page));
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
    if (this.#helped) return;
    const flake =
      this.#expr === undefined && this.#file === undefined && isFlake(this.#words[0] ?? '.') ? (this.#words.shift() ?? '.') : undefined;
    if (flake !== undefined) this.#prepareFlakes();
    const terminal = this.#debugger ? await this.#openDebugger() : undefined;
    const evaluation = openEvaluation(this.shared, { readOnly: false, debugger: terminal });
    this.evaluation = evaluation;
    const args = await autoArguments(evaluation, this.shared);
    if (flake !== undefined) await this.#flake(evaluation, flake, args);
    else await this.#plain(evaluation, args);
    maybePrintStats(evaluation.session);
    terminal?.close();
  }

  #prepareFlakes() {
    this.shared.setSetting('extra-experimental-features', 'nix-command flakes');
    if (!this.#impure && !this.shared.config.settings.isSet('pure-eval')) this.shared.setSetting('pure-eval', 'true');
  }

  async #flake(evaluation: Evaluation, word: string, args: Handle) {
    if (this.#words.length > 0) throw new UsageError(`unexpected argument '\x0e${this.#words[0]}\x0f'`);
    const selection = await selectFlake(evaluation, word);
    const { settings } = this.shared.config;
    const system = settings.text('eval-system') || settings.text('system') || currentSystem();
    const paths = this.#attrPaths.length > 0 ? this.#attrPaths : flakeAttrPaths(selection.fragment, system);
    await this.#show(evaluation, await selectFlakeAttribute(evaluation.session, selection, paths, args), args);
  }

  async #plain(evaluation: Evaluation, args: Handle) {
    const root = await this.#root(evaluation);
    const paths = [...this.#words, ...this.#attrPaths];
    for (const path of paths.length > 0 ? paths : ['']) {
      await this.#show(evaluation, (await selectPath(evaluation.session, root, path, args)).value, args);
    }
  }

  async #root(evaluation: Evaluation): Promise<Handle> {
    const { session, base } = evaluation;
    if (this.#expr !== undefined) return session.evalString({ text: this.#expr, base });
    const file = this.#file ?? this.#words.shift() ?? './default.nix';
    if (file === '-') return session.evalString({ text: readStdin(), base, origin: 'stdin' });
    return session.evalFile(resolveImport(session.io.files, await lookupFile(evaluation, file)));
  }

  async #show({ session, base }: Evaluation, selected: Handle, args: Handle) {
    let value = await session.autoCall(await session.force(selected), args);
    if (this.#apply !== undefined) value = await session.apply(await session.evalString({ text: this.#apply, base }), value);
    if (this.#writeTo !== undefined) return writeTree(session, value, this.#writeTo);
    if (this.#mode === PrintMode.Raw) return writeOut(await session.coerce(value, 'while generating the eval command output'));
    if (this.#strict) await session.run(session.machine.deepForce(value));
    writeOut(await session.print(value, this.#mode, this.#printFlags));
    writeOut('\n');
  }
}

export const evalCommand = (args: string[]) => runCommand(program, () => new EvalCommand(), args);
