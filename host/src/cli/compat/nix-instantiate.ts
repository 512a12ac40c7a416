// The drop-in `nix-instantiate` (nix/nix-instantiate/nix-instantiate.cc): the same flags, output, messages and exit codes.
import path from 'node:path';
import { type Handle, PrintFlag, PrintMode } from '@vixen/eval-core';
import { selectInTurn } from '../../core/derivations.ts';

import { resolveImport } from '../../core/files/paths.ts';
import { findFile } from '../../core/search-path.ts';
import { eachOutput } from '../building/targets.ts';
import { type Command, runCommand } from '../command.ts';
import { EvalFlags, legacyFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, lookupFile, openEvaluation, readStdin } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { helpText } from '../help.ts';
import { log, writeOut } from '../output.ts';
import { maybePrintStats } from '../stats.ts';
import { nixVersion } from '../version.ts';

type Output = 'plain' | 'raw' | 'xml' | 'json';

class Instantiate implements Command {
  readonly #program: string;
  readonly shared = new EvalFlags();
  readonly #files: string[] = [];
  readonly #attrPaths: string[] = [];
  #stdin = false;
  #fromArgs = false;
  #findFile = false;
  #evalOnly = false;
  #parseOnly = false;
  #readWrite = false;
  #strict = false;
  #location = true;
  #output: Output = 'plain';
  #root: string | undefined;
  #roots = 0;
  #done = false;
  #gcWarning = true;
  evaluation: Evaluation | undefined;

  constructor(program: string) {
    this.#program = program;
  }

  #switch(names: string[], help: string, run: () => void): Flag {
    return { names, help, run };
  }

  get #flags(): Flag[] {
    return [
      this.#switch(['--expr', '-E'], 'take the arguments as expressions', () => (this.#fromArgs = true)),
      { names: ['--attr', '-A'], labels: ['path'], help: 'select an attribute', legacy: true, run: (name) => this.#attrPaths.push(name!) },
      this.#switch(['--eval', '--eval-only'], 'print the value instead of instantiating', () => (this.#evalOnly = true)),
      this.#switch(['--parse', '--parse-only'], 'print the syntax tree', () => (this.#parseOnly = this.#evalOnly = true)),
      this.#switch(['--strict'], 'evaluate all attributes and elements', () => (this.#strict = true)),
      this.#switch(['--json'], 'print JSON', () => (this.#output = 'json')),
      this.#switch(['--xml'], 'print XML', () => (this.#output = 'xml')),
      this.#switch(['--raw'], 'print a string as it is', () => (this.#output = 'raw')),
      this.#switch(['--no-location'], 'leave positions out of XML', () => (this.#location = false)),
      this.#switch(['--find-file'], 'look names up in the search path', () => (this.#findFile = true)),
      this.#switch(['--read-write-mode'], 'write to the store while evaluating', () => (this.#readWrite = true)),
      this.#switch(['--dry-run'], 'write nothing', () => (this.shared.readOnly = true)),
      { names: ['--add-root'], labels: ['path'], help: 'register the result as a root', legacy: true, run: (name) => (this.#root = name!) },
      this.#switch(['--indirect'], 'does nothing', () => {}),
      this.#switch(['--no-gc-warning'], 'do not warn about a missing --add-root', () => (this.#gcWarning = false)),
      this.#switch(['--version'], 'print the version', () => this.#end(`${this.#program} (Nix) ${nixVersion}\n`)),
      this.#switch(['--help'], 'print this', () => this.#end(this.#help())),
    ];
  }

  #end(text: string) {
    if (!this.#done) writeOut(text);
    this.#done = true;
  }

  #help() {
    const program = this.#program;
    return helpText({
      usage: [`${program} [FLAGS] [FILE …]`],
      about: 'Instantiates the derivations of Nix expressions, or evaluates them.',
      flags: [...this.#flags, ...this.shared.flags],
      examples: [
        `${program} '<nixpkgs>' -A hello`,
        `${program} --eval --strict --json -E '{ a = 1 + 1; }'`,
        `${program} --parse default.nix`,
      ],
    });
  }

  parse(args: string[]) {
    parseArguments(args, {
      flags: [...legacyFlags, ...this.shared.flags, ...this.#flags],
      positional: (value) => {
        if (value === '-') this.#stdin = true;
        else this.#files.push(value);
      },
      setting: (name, value) => this.shared.setSetting(name, value),
    });
  }

  async run(): Promise<void> {
    if (this.#done) return;
    const evaluation = openEvaluation(this.shared, { readOnly: this.#evalOnly && !this.#readWrite });
    this.evaluation = evaluation;
    const args = await autoArguments(evaluation, this.shared);
    if (this.#findFile) return this.#findFiles(evaluation);
    if (this.#stdin) await this.#source(evaluation, args, readStdin(), 'stdin');
    else if (this.#files.length === 0 && !this.#fromArgs) this.#files.push('./default.nix');
    for (const file of this.#files) {
      if (this.#fromArgs) await this.#source(evaluation, args, file, '');
      else await this.#file(evaluation, args, file);
    }
    maybePrintStats(evaluation.session);
  }

  async #findFiles({ session, searchPath, pure }: Evaluation) {
    for (const name of this.#files) writeOut(`${await findFile(session.io, searchPath, name, pure)}\n`);
  }

  async #source(evaluation: Evaluation, args: Handle, text: string | Uint8Array, origin: string) {
    const { session, base } = evaluation;
    const source = { text, base, origin };
    if (this.#parseOnly) return this.#line(await session.parse(source));
    await this.#process(evaluation, args, await session.evalString(source));
  }

  async #file(evaluation: Evaluation, args: Handle, name: string) {
    const { session } = evaluation;
    const file = resolveImport(session.io.files, await lookupFile(evaluation, name));
    if (this.#parseOnly) return this.#line(await session.parse(session.fileSource(file)));
    await this.#process(evaluation, args, await session.evalFile(file));
  }

  #line(bytes: Uint8Array) {
    writeOut(bytes);
    writeOut('\n');
  }

  async #process(evaluation: Evaluation, args: Handle, root: Handle) {
    const { session } = evaluation;
    const work = async (value: Handle) => {
      const forced = await session.force(value);
      if (!this.#evalOnly) await this.#instantiate(evaluation, args, forced);
      else await this.#print(evaluation, this.shared.autoArgs.size > 0 ? await session.autoCall(forced, args) : forced);
    };
    const look = this.#evalOnly ? (_: unknown, value: Handle) => session.force(value) : undefined;
    await selectInTurn({ session, root, args }, this.#attrPaths, work, look);
  }

  async #print({ session }: Evaluation, value: Handle) {
    const strict = this.#strict ? PrintFlag.Strict : 0;
    if (this.#output === 'raw') writeOut(await session.coerce(value, 'while generating the nix-instantiate output'));
    else if (this.#output === 'xml')
      writeOut(await session.print(value, PrintMode.Xml, strict | (this.#location ? PrintFlag.Locations : 0)));
    else this.#line(await session.print(value, this.#output === 'json' ? PrintMode.Json : PrintMode.Plain, strict));
  }

  async #instantiate(evaluation: Evaluation, args: Handle, value: Handle) {
    const { session, store } = evaluation;
    await eachOutput(session, value, args, async ({ drvPath, output }) => {
      await store.flush();
      writeOut(`${await this.#rooted(evaluation, drvPath)}${output === 'out' ? '' : `!${output}`}\n`);
    });
  }

  /** The path that is printed: the root's, where one is asked for. */
  async #rooted({ store }: Evaluation, drvPath: string): Promise<string> {
    if (this.#root === undefined) {
      if (this.#gcWarning) log(`warning: you did not specify '--add-root'; the result might be removed by the garbage collector`);
      this.#gcWarning = false;
      return drvPath;
    }
    this.#roots += 1;
    const root = path.resolve(this.#roots > 1 ? `${this.#root}-${this.#roots}` : this.#root);
    await store.addRoot(drvPath, root);
    return root;
  }
}

/** Runs the command under a name; gives its exit code. */
export const runInstantiate = (program: string, args: string[]) => runCommand(program, () => new Instantiate(program), args);

export const nixInstantiate = (args: string[]) => runInstantiate('nix-instantiate', args);
