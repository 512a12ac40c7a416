// Remembering the evaluation of a command that builds: what it came to is written down with all that it depends on, and is taken from there the next time,
// as long as nothing of that has changed (docs/remembered-evaluations.md).
import type { Store } from '@vixen/store';
import type { DerivedPath } from '@vixen/store/formats';
import { indexState } from '@vixen/store/index-state';
import { conditionsOf, lookThrough, statOf } from '../../node/remembered/conditions.ts';
import { Journal, mentionsClock } from '../../node/remembered/journal.ts';
import { type Remembered, writeRemembered } from '../../node/remembered/records.ts';
import { storeIndex } from '../../node/store-root.ts';
import type { EvalFlags } from '../eval-flags.ts';
import type { Evaluation } from '../evaluation.ts';
import { hasSpoken, keepOutput } from '../output.ts';
import { wantsStatistics } from '../stats.ts';
import { type Invocation, invocation } from './invocation.ts';

/** Begins before anything is evaluated; undefined where nothing is to be remembered. */
export function openMemory(flags: EvalFlags): Memory | undefined {
  const run = invocation();
  const { settings } = flags.config;
  if (!run || !settings.bool('eval-cache') || wantsStatistics()) return undefined;
  // These have more to do than to give a value.
  if (settings.bool('trace-function-calls') || settings.text('eval-profiler') !== 'disabled') return undefined;
  return new Memory(run, flags);
}

export class Memory {
  readonly journal = new Journal();
  readonly #run: Invocation;
  readonly #flags: EvalFlags;
  readonly #output = keepOutput();
  readonly #links: [string, string][] = [];
  #record: Remembered | undefined;
  #index: { readonly folder: string; readonly state: string } | undefined;
  #isNew = false;
  #mayBeDone = true;

  constructor(run: Invocation, flags: EvalFlags) {
    this.#run = run;
    this.#flags = flags;
  }

  /** What the evaluation came to before, where it would come to it again and its derivations are still there. */
  async recall({ store }: Evaluation): Promise<readonly DerivedPath[] | undefined> {
    const { remembered } = this.#run;
    if (!remembered) return undefined;
    const paths = new Set(remembered.wanted.flatMap((path) => ('path' in path ? [] : [path.drvPath as string])));
    const there = await (await store.store()).pathInfos([...paths]);
    if (there.size !== paths.size) return undefined;
    this.#record = remembered;
    return remembered.wanted;
  }

  /** A path was looked at, symlinks followed, before there was a session. */
  looked(path: string) {
    this.journal.lookedThrough(path, lookThrough(path));
  }

  /** The evaluation has ended. What it said would have to be said again, so that is not remembered. */
  evaluated(wanted: readonly DerivedPath[]) {
    if (this.#record) return;
    const { journal } = this;
    this.#noteConfiguration();
    if (mentionsClock(this.#run.args.join('\n'))) journal.refuse('the command line may ask for the time');
    if (journal.unrepeatable !== undefined || hasSpoken()) return;
    const conditions = conditionsOf(journal, performance.timeOrigin);
    if (!conditions) return;
    this.#record = { key: this.#run.key, conditions, wanted };
    this.#isNew = true;
  }

  #noteConfiguration() {
    for (const { kind } of this.#flags.autoArgs.values()) {
      if (kind === 'stdin' || kind === 'file') this.journal.refuse('an argument comes from outside');
    }
    for (const file of this.#flags.config.files) {
      const stat = statOf(file);
      if (stat) this.journal.files.set(file, stat);
      else this.journal.lookedThrough(file, undefined);
    }
  }

  /** The store is about to be asked for what is wanted. */
  asking({ storeReference }: Evaluation) {
    const folder = storeIndex(storeReference, process.env);
    const state = folder === undefined ? undefined : indexState(folder);
    if (folder !== undefined && state !== undefined) this.#index = { folder, state };
  }

  /** A link was made, or was there, that keeps a path. */
  async linked(store: Store, link: string, storePath: string) {
    this.#links.push([link, store.checkouts!.root + storePath]);
    const root = await store.collector?.indirectRoot?.(link);
    if (root === undefined) this.#mayBeDone = false;
    else this.#links.push([root, link]);
  }

  /** All is over, and has gone well. `done`: whether the same again would print the same, where nothing is left to do. */
  end(done: boolean) {
    if (!this.#record) return;
    const found = done ? this.#done() : undefined;
    if (this.#isNew || found) writeRemembered({ ...this.#record, done: found }, process.env);
  }

  /** Only where the index is what it was before: then nothing was made or removed meanwhile, by anybody. */
  #done() {
    if (!this.#index || !this.#mayBeDone || hasSpoken()) return undefined;
    const { folder, state } = this.#index;
    if (indexState(folder) !== state) return undefined;
    return { out: this.#output(), index: folder, state, links: this.#links };
  }
}
