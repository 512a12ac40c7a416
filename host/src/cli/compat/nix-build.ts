// The drop-in `nix-build` (nix/nix-build/nix-build.cc): builds the derivations of expressions and links to what they made.
import path from 'node:path';
import type { Handle } from '@vixen/eval-core';
import { selectInTurn } from '../../core/derivations.ts';
import { resolveImport } from '../../core/files/paths.ts';
import { addPermanentRoot } from '../../node/out-links.ts';
import { BuildFlags } from '../building/build-flags.ts';
import { derivedPath, outputsOf } from '../building/targets.ts';
import { type Command, runCommand } from '../command.ts';
import { EvalFlags, legacyFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, lookupFile, openEvaluation, readStdin } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { type Memory, openMemory } from '../remembered/memory.ts';
import { maybePrintStats } from '../stats.ts';
import { nixVersion } from '../version.ts';

const program = 'nix-build';

interface Wanted {
  readonly drvPath: string;
  readonly outputs: readonly [string];
}

class NixBuild implements Command {
  readonly shared = new EvalFlags();
  readonly #build = new BuildFlags(this.shared, { logs: true });
  readonly #words: string[] = [];
  readonly #attrPaths: string[] = [];
  #fromArgs = false;
  #stdin = false;
  #outLink: string | undefined = './result';
  #done = false;
  evaluation: Evaluation | undefined;
  #memory: Memory | undefined;

  get #flags(): Flag[] {
    return [
      { names: ['--expr', '-E'], help: 'take the arguments as expressions', run: () => (this.#fromArgs = true) },
      { names: ['--attr', '-A'], labels: ['path'], help: 'select an attribute', legacy: true, run: (name) => this.#attrPaths.push(name!) },
      {
        names: ['--out-link', '-o'],
        labels: ['path'],
        help: 'what to call the links; ./result',
        legacy: true,
        run: (link) => (this.#outLink = link!),
      },
      { names: ['--no-out-link', '--no-link'], help: 'make no links', run: () => (this.#outLink = undefined) },
      ...this.#build.flags,
      { names: ['--add-drv-link', '--indirect'], help: '', run: () => {} },
      { names: ['--drv-link'], labels: ['path'], help: '', run: () => {} },
      { names: ['--version'], help: 'print the version', run: () => this.#end(`${program} (Nix) ${nixVersion}\n`) },
      { names: ['--help'], help: 'print this', run: () => this.#end(this.#help()) },
    ];
  }

  #end(text: string) {
    if (!this.#done) writeOut(text);
    this.#done = true;
  }

  #help() {
    return helpText({
      usage: [`${program} [FLAGS] [FILE …]`, `${program} [FLAGS] -E EXPR …`],
      about: 'Builds the derivations of Nix expressions, prints the paths of what they made, and links to them.',
      flags: [...this.#flags, ...this.shared.flags],
      examples: [`${program} '<nixpkgs>' -A hello`, `${program} --no-out-link -E 'import ./x.nix { }'`, `${program} --check -A tests`],
    });
  }

  parse(args: string[]) {
    const own = this.#flags;
    const names = new Set(own.flatMap((flag) => flag.names));
    parseArguments(args, {
      flags: [...legacyFlags.filter((flag) => !flag.names.some((name) => names.has(name))), ...this.shared.flags, ...own],
      positional: (value) => {
        if (value === '-') this.#stdin = true;
        else this.#words.push(value);
      },
      setting: (name, value) => this.shared.setSetting(name, value),
    });
  }

  async run(): Promise<void> {
    if (this.#done) return;
    const memory = this.#stdin ? undefined : openMemory(this.shared);
    const evaluation = openEvaluation(this.shared, { readOnly: false, logs: this.#build.logs, legacy: true, journal: memory?.journal });
    this.evaluation = evaluation;
    this.#memory = memory;
    const wanted = ((await memory?.recall(evaluation)) as Wanted[] | undefined) ?? (await this.#evaluate(evaluation));
    memory?.evaluated(wanted);
    memory?.asking(evaluation);
    const paths = wanted.map(derivedPath);
    const built = await evaluation.building.make(paths, this.#build);
    if (!built) return;
    await this.#link(
      evaluation,
      wanted,
      built.map(({ path: made }) => made),
    );
  }

  /** All has gone well. */
  end() {
    this.#memory?.end(this.#build.mode === 'normal');
  }

  async #evaluate(evaluation: Evaluation): Promise<Wanted[]> {
    const wanted = await this.#wanted(evaluation, await autoArguments(evaluation, this.shared));
    maybePrintStats(evaluation.session);
    await evaluation.store.flush();
    return wanted;
  }

  async #wanted(evaluation: Evaluation, args: Handle): Promise<Wanted[]> {
    const { session, base } = evaluation;
    const found: Wanted[] = [];
    if (this.#stdin) return this.#select(evaluation, args, await session.evalString({ text: readStdin(), base, origin: 'stdin' }));
    for (const word of this.#words.length > 0 ? this.#words : ['.']) found.push(...(await this.#ofWord(evaluation, args, word)));
    return found;
  }

  async #ofWord(evaluation: Evaluation, args: Handle, word: string): Promise<Wanted[]> {
    const { session, base, store } = evaluation;
    if (this.#fromArgs) return this.#select(evaluation, args, await session.evalString({ text: word, base, origin: '' }));
    const [drvPath, outputs] = word.split('!');
    if (drvPath!.startsWith(`${store.directory}/`) && drvPath!.endsWith('.drv')) {
      return (outputs?.split(',') ?? ['out']).map((output) => ({ drvPath: drvPath!, outputs: [output] }));
    }
    const file = resolveImport(session.io.files, await lookupFile(evaluation, word));
    return this.#select(evaluation, args, await session.evalFile(file));
  }

  async #select({ session }: Evaluation, args: Handle, root: Handle): Promise<Wanted[]> {
    const found: Wanted[] = [];
    await selectInTurn({ session, root, args }, this.#attrPaths, async (value) => {
      for (const { drvPath, output } of await outputsOf(session, await session.force(value), args))
        found.push({ drvPath, outputs: [output] });
    });
    return found;
  }

  /** Links `result`, `result-2`, … by derivation, with the output's name behind it where it is not `out`; then prints the paths. */
  async #link(evaluation: Evaluation, wanted: readonly Wanted[], paths: readonly string[]) {
    const numbers = new Map<string, number>();
    for (const { drvPath } of wanted) if (!numbers.has(drvPath)) numbers.set(drvPath, numbers.size + 1);
    const store = await evaluation.store.store();
    for (const [
      i,
      {
        drvPath,
        outputs: [output],
      },
    ] of wanted.entries()) {
      if (this.#outLink === undefined) break;
      const number = numbers.get(drvPath)!;
      const suffix = `${number > 1 ? `-${number}` : ''}${output === 'out' ? '' : `-${output}`}`;
      const link = await addPermanentRoot(store, paths[i]!, path.resolve(this.#outLink + suffix));
      await this.#memory?.linked(store, link, paths[i]!);
    }
    for (const made of paths) writeOut(`${made}\n`);
  }
}

export const nixBuild = (args: string[]) => runCommand(program, () => new NixBuild(), args);
