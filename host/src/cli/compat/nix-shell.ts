// The drop-in `nix-shell` (nix/nix-build/nix-build.cc): a shell in which the inputs of a derivation are at hand.
import fs from 'node:fs';
import path from 'node:path';
import type { Handle } from '@vixen/eval-core';
import { selectPath } from '../../core/attr-path.ts';
import { resolveImport } from '../../core/files/paths.ts';
import { BuildFlags } from '../building/build-flags.ts';
import { bashFor } from '../building/interactive-bash.ts';
import { outputsOf } from '../building/targets.ts';
import { type Command, runCommand } from '../command.ts';
import { EvalFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, lookupFile, openEvaluation } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { UsageError } from '../usage.ts';
import { nixVersion } from '../version.ts';
import { type Shebang, shebangOf } from './shebang.ts';

const program = 'nix-shell';

class NixShell implements Command {
  readonly shared = new EvalFlags();
  readonly #build = new BuildFlags(this.shared, { logs: true });
  readonly #words: string[] = [];
  readonly #attrPaths: string[] = [];
  readonly #keep: string[] = [];
  readonly #exclude: string[] = [];
  #fromArgs = false;
  #packages = false;
  #pure = false;
  #command: string | undefined;
  #interactive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  #interpreter: string | undefined;
  #shebang: Shebang | undefined;
  #done = false;
  exitCode = 0;
  evaluation: Evaluation | undefined;

  get #flags(): Flag[] {
    return [
      { names: ['--packages', '-p'], help: 'take the arguments as packages of <nixpkgs>', run: () => (this.#packages = true) },
      { names: ['--expr', '-E'], help: 'take the arguments as expressions', run: () => (this.#fromArgs = true) },
      { names: ['--attr', '-A'], labels: ['path'], help: 'select an attribute', legacy: true, run: (name) => this.#attrPaths.push(name!) },
      { names: ['--run'], labels: ['command'], help: 'run a command, not a prompt', legacy: true, run: (text) => this.#run(text!, false) },
      {
        names: ['--command'],
        labels: ['command'],
        help: 'run a command in an interactive shell',
        legacy: true,
        run: (text) => this.#run(text!, true),
      },
      { names: ['--pure'], help: 'clear the environment', run: () => (this.#pure = true) },
      { names: ['--impure'], help: 'keep the environment', run: () => (this.#pure = false) },
      { names: ['--keep'], labels: ['name'], help: 'keep a variable in a pure shell', legacy: true, run: (name) => this.#keep.push(name!) },
      { names: ['--exclude'], labels: ['regex'], help: 'leave out inputs', legacy: true, run: (text) => this.#exclude.push(text!) },
      { names: ['-i'], labels: ['interpreter'], help: '', legacy: true, run: (name) => (this.#interpreter = name!) },
      ...this.#build.flags,
      { names: ['--indirect', '--add-drv-link'], help: '', run: () => {} },
      { names: ['--version'], help: 'print the version', run: () => this.#end(`${program} (Nix) ${nixVersion}\n`) },
      { names: ['--help'], help: 'print this', run: () => this.#end(this.#help()) },
    ];
  }

  #run(text: string, interactive: boolean) {
    this.#command = `${text}\nexit`;
    if (!interactive) this.#interactive = false;
  }

  #end(text: string) {
    if (!this.#done) writeOut(text);
    this.#done = true;
  }

  #help() {
    return helpText({
      usage: [`${program} [FLAGS] [FILE]`, `${program} [FLAGS] -p PACKAGE …`],
      about: 'Runs a shell in which what the build of a derivation needs is at hand. Without a file, that is shell.nix or default.nix.',
      flags: [...this.#flags, ...this.shared.flags.filter(({ names }) => !names.includes('--impure'))],
      examples: [`${program} -p jq --run 'jq --version'`, `${program} '<nixpkgs>' -A hello`, `${program} --pure`],
    });
  }

  parse(args: string[]) {
    this.#shebang = shebangOf(args);
    const own = this.#flags;
    const names = new Set(own.flatMap((flag) => flag.names));
    parseArguments(this.#shebang?.args ?? args, {
      flags: [...this.shared.flags.filter((flag) => !flag.names.some((name) => names.has(name))), ...own],
      positional: (value) => this.#words.push(value),
      setting: (name, value) => this.shared.setSetting(name, value),
    });
    if (this.#packages && this.#fromArgs) throw new UsageError("'\x0e-p\x0f' and '\x0e-E\x0f' are mutually exclusive");
    if (this.#shebang && this.#interpreter !== undefined) {
      this.#interactive = false;
      this.#command = this.#shebang.command(this.#interpreter);
    }
  }

  async run(): Promise<void> {
    if (this.#done) return;
    const evaluation = openEvaluation(this.shared, { readOnly: false, logs: this.#build.logs, legacy: true });
    this.evaluation = evaluation;
    const found = await this.#derivations(evaluation);
    if (found.length !== 1) throw new UsageError('nix-shell requires a single derivation');
    await evaluation.store.flush();
    if (this.#build.dryRun) return this.#dryRun(evaluation, found[0]!.drvPath);
    const { runDevelopmentShell } = await import('../building/development-shell.ts');
    const shell = { pure: this.#pure, keep: this.#keep, command: this.#command, interactive: this.#interactive, exclude: this.#exclude };
    this.exitCode = await runDevelopmentShell(evaluation, { drvPath: found[0]!.drvPath, ...shell }, await bashFor(evaluation));
  }

  async #dryRun(evaluation: Evaluation, drvPath: string) {
    const { inputsOf } = await import('../building/development-shell.ts');
    await evaluation.building.sayMissing(await inputsOf(await evaluation.store.store(), drvPath, this.#exclude));
  }

  async #derivations(evaluation: Evaluation): Promise<{ drvPath: string }[]> {
    const { session, store } = evaluation;
    const [first = ''] = this.#words;
    const isPath = !this.#fromArgs && !this.#packages && first.startsWith(`${store.directory}/`);
    if (isPath && first.endsWith('.drv')) return [{ drvPath: first }];
    const args = await this.#arguments(evaluation);
    const root = await this.#root(evaluation);
    const found: { drvPath: string }[] = [];
    for (const attrPath of this.#attrPaths.length > 0 ? this.#attrPaths : ['']) {
      const { value } = await selectPath(session, root, attrPath, args);
      found.push(...(await outputsOf(session, await session.force(value), args)));
    }
    return found;
  }

  /** Functions that ask for `inNixShell` are told. */
  async #arguments(evaluation: Evaluation): Promise<Handle> {
    if (!this.shared.autoArgs.has('inNixShell')) this.shared.autoArgs.set('inNixShell', { kind: 'expr', text: 'true' });
    return autoArguments(evaluation, this.shared);
  }

  async #root(evaluation: Evaluation): Promise<Handle> {
    const { session, base } = evaluation;
    if (this.#packages) {
      const inputs = this.#words.map((word) => `(${word}) `).join('');
      const text = `{...}@args: with import <nixpkgs> args; (pkgs.runCommandCC or pkgs.runCommand) "shell" { buildInputs = [ ${inputs}]; } ""`;
      return session.evalString({ text, base, origin: '' });
    }
    const [word, ...more] = this.#words;
    if (more.length > 0) throw new UsageError('nix-shell requires a single derivation');
    if (this.#fromArgs && word !== undefined) return session.evalString({ text: word, base, origin: '' });
    const file = await lookupFile(
      evaluation,
      this.#shebang && word !== undefined ? path.resolve(this.#shebang.folder, word) : (word ?? '.'),
    );
    return session.evalFile(resolveImport(session.io.files, shellFile(file)));
  }
}

/** In a folder shell.nix goes before default.nix. */
function shellFile(file: string): string {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) return file;
  const shell = path.join(file, 'shell.nix');
  if (fs.existsSync(shell)) return shell;
  if (fs.existsSync(path.join(file, 'default.nix'))) return file;
  throw new UsageError(`neither '\x0eshell.nix\x0f' nor '\x0edefault.nix\x0f' found in '\x0e${file}\x0f'`);
}

export const nixShell = (args: string[]) => runCommand(program, () => new NixShell(), args);
