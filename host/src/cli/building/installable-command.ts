// What `build`, `run`, `shell`, `develop`, `log` and their kin have in common: flags and words that name what is to be made.
import path from 'node:path';
import type { RealisedPath } from '../../node/building/index.ts';
import type { Command } from '../command.ts';
import { EvalFlags } from '../eval-flags.ts';
import { autoArguments, type Evaluation, openEvaluation } from '../evaluation.ts';
import { type Flag, parseArguments } from '../flags.ts';
import { isFlake } from '../flakes.ts';
import { helpText } from '../help.ts';
import { writeOut } from '../output.ts';
import { type Memory, openMemory } from '../remembered/memory.ts';
import { BuildFlags } from './build-flags.ts';
import { type Installable, type InstallableOptions, InstallableReader } from './installables.ts';
import { belongsTo } from './targets.ts';

export interface CommandTexts {
  readonly program: string;
  /** What stands behind the program's name. */
  readonly usage: readonly string[];
  readonly about: string;
  readonly examples: readonly string[];
}

export interface InstallableBehaviour {
  /** Whether logs are shown unless the user says otherwise. */
  readonly logs?: boolean;
  /** Whether a word may be a file. */
  readonly files?: boolean;
  readonly flakePaths?: InstallableOptions['flakePaths'];
  /** Whether what is evaluated is remembered. */
  readonly remembered?: boolean;
  /** Takes what stands behind `--`, and by itself ends the flags. */
  readonly rest?: boolean;
}

/** What makes a word a flake, a file or a store path. */
function noteKinds(memory: Memory, word: string) {
  const place = path.resolve(word);
  for (const file of [place, `${place}/flake.nix`, `${place}/default.nix`]) memory.looked(file);
}

export abstract class InstallableCommand implements Command {
  readonly shared = new EvalFlags();
  readonly building: BuildFlags;
  evaluation: Evaluation | undefined;
  protected memory: Memory | undefined;
  protected readonly words: string[] = [];
  protected readonly texts: CommandTexts;
  readonly #behaviour: InstallableBehaviour;
  #file: string | undefined;
  #expr: string | undefined;
  #impure = false;
  #helped = false;

  constructor(texts: CommandTexts, behaviour: InstallableBehaviour) {
    this.texts = texts;
    this.#behaviour = behaviour;
    this.building = new BuildFlags(this.shared, { logs: behaviour.logs ?? false });
  }

  /** The command's own flags. */
  protected abstract get own(): Flag[];
  protected abstract execute(evaluation: Evaluation): Promise<void>;

  get #flags(): Flag[] {
    return [
      ...this.own,
      { names: ['--expr', '-E'], labels: ['expr'], help: 'attributes of an expression', run: (text) => (this.#expr = text!) },
      { names: ['--file', '-f'], labels: ['file'], help: "attributes of a file, '-' for stdin", run: (file) => (this.#file = file!) },
      { names: ['--attr', '-A'], labels: ['path'], help: 'an attribute', run: (path) => this.words.push(path!) },
      { names: ['--impure'], help: 'allow access to everything', run: () => this.#allowEverything() },
      ...this.building.flags,
      { names: ['--help'], help: 'print this', run: () => this.#help() },
    ];
  }

  #allowEverything() {
    this.#impure = true;
    this.shared.setSetting('pure-eval', 'false');
  }

  #help() {
    this.#helped = true;
    const { program, usage, about, examples } = this.texts;
    const own = new Set(this.#flags.flatMap((flag) => flag.names));
    const flags = [...this.#flags, ...this.shared.flags.filter((flag) => !flag.names.some((name) => own.has(name)))];
    const line = (text: string) => `${program} ${text}`;
    writeOut(helpText({ usage: usage.map(line), about, flags, examples: examples.map(line) }));
  }

  parse(args: string[]) {
    const end = this.#behaviour.rest ? args.indexOf('--') : -1;
    const options = {
      flags: [...this.shared.flags, ...this.#flags],
      positional: (value: string) => this.word(value),
      setting: (name: string, value: string) => this.shared.setSetting(name, value),
    };
    parseArguments(end < 0 ? args : args.slice(0, end), options, true);
    if (end >= 0) this.rest(args.slice(end + 1));
  }

  protected word(value: string) {
    this.words.push(value);
  }

  protected rest(_words: readonly string[]) {}

  async run() {
    if (this.#helped) return;
    const plain = this.#expr !== undefined || this.#file !== undefined;
    if (!plain) this.#prepareFlakes();
    const memory = this.#behaviour.remembered && this.#file !== '-' ? openMemory(this.shared) : undefined;
    if (memory) noteKinds(memory, this.words[0] ?? '.');
    const evaluation = openEvaluation(this.shared, { readOnly: false, logs: this.building.logs, journal: memory?.journal });
    this.evaluation = evaluation;
    this.memory = memory;
    await this.execute(evaluation);
  }

  /** All has gone well. */
  end() {
    this.memory?.end(this.building.mode === 'normal');
  }

  // Flakes are evaluated purely; a file of the command line is not, which is known before evaluation.
  #prepareFlakes() {
    this.shared.setSetting('extra-experimental-features', 'nix-command flakes');
    if (this.#behaviour.files && !isFlake(this.words[0] ?? '.')) return;
    if (!this.#impure && !this.shared.config.settings.isSet('pure-eval')) this.shared.setSetting('pure-eval', 'true');
  }

  /** What the words stand for, from memory where it can be. */
  protected async remembered(evaluation: Evaluation): Promise<Installable[]> {
    const { memory } = this;
    const recalled = await memory?.recall(evaluation);
    const items = recalled?.map((path) => ({ word: '', path })) ?? (await this.installables(evaluation));
    memory?.evaluated(items.map(({ path }) => path));
    memory?.asking(evaluation);
    return items;
  }

  /** What the words stand for. */
  protected async installables(evaluation: Evaluation, words: readonly string[] = this.words): Promise<Installable[]> {
    const args = await autoArguments(evaluation, this.shared);
    const { files, flakePaths } = this.#behaviour;
    const options = { file: this.#file, expr: this.#expr, ...(files && { files }), ...(flakePaths && { flakePaths }) };
    const found = await new InstallableReader(evaluation, this.shared, args, options).read(words);
    await evaluation.store.flush();
    return found;
  }

  /** Builds or fetches; answers what came of each, in their order. */
  protected async realise(evaluation: Evaluation, items: readonly Installable[]): Promise<RealisedPath[][]> {
    const paths = items.map(({ path }) => path);
    await evaluation.building.sayMissing(paths);
    const realised = await evaluation.building.realise(paths, { mode: this.building.mode });
    return items.map(({ path }) => realised.filter(belongsTo(path)));
  }
}
