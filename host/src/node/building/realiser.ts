// Drives the coordinator's machine: carries out its effects, tells it what came of them.
import { type DerivedPath, formatDerivedPath } from '@vixen/store/formats';
import type { CoordinatorEvent, DerivationFacts, Effect, Failure, GoalId, Mode, Target } from '../../core/coordinator/events.ts';
import { BuildFailure, failingStatus } from '../../core/coordinator/failure.ts';
import { Coordinator } from '../../core/coordinator/machine.ts';
import type { ProgressEvent } from '../../core/coordinator/progress.ts';
import { Builds } from './builds.ts';
import { Copies } from './copies.ts';
import { Planner } from './plan.ts';
import { StoreReader } from './store-reader.ts';
import { Substituters } from './substituters.ts';
import type { RealisedPath, RealiseOptions, RealisePlan, Realiser, RealiserOptions } from './types.ts';

// A builder that is started again takes seconds.
const retries = 5;
const firstPause = 200;

type Finished = Pick<Extract<Effect, { type: 'finish' }>, 'failures' | 'roots' | 'kinds'>;

const brokenBy = (error: unknown): Failure => ({ kind: 'unavailable', message: error instanceof Error ? error.message : String(error) });

class HostRealiser implements Realiser {
  readonly #options: RealiserOptions;
  readonly #machine: Coordinator;
  readonly #reader: StoreReader;
  readonly #substituters: Substituters;
  readonly #builds: Builds;
  readonly #copies: Copies;
  readonly #facts = new Map<string, DerivationFacts>();
  /** Paths of outputs that were built here, by `.drv`. */
  readonly #outputs = new Map<string, ReadonlyMap<string, string>>();
  readonly #tasks = new Map<GoalId, AbortController>();
  readonly #running = new Set<Promise<void>>();
  readonly #promises = new WeakMap<AbortController, Promise<void>>();
  /** What was told to end, and has not ended yet. */
  readonly #aborted = new Set<Promise<void>>();
  readonly #requests = new Map<number, (finished: Finished) => void>();
  readonly #events: CoordinatorEvent[] = [];
  #draining = false;
  #nextRequest = 1;

  constructor(options: RealiserOptions) {
    const { settings, store } = options;
    this.#options = options;
    this.#reader = new StoreReader(store, settings.bool('always-allow-substitutes'));
    const open = options.openSubstituter ?? ((url) => this.#openSubstituter(url));
    this.#substituters = new Substituters({ settings, open, warn: (text) => this.#tell({ type: 'message', level: 'warn', text }) });
    this.#builds = new Builds(options, (event) => this.#tell(event));
    this.#copies = new Copies(store, this.#substituters, (event) => this.#tell(event));
    this.#machine = new Coordinator({
      keepGoing: settings.bool('keep-going'),
      fallback: settings.bool('fallback'),
      substituters: this.#substituters.count,
      copies: settings.int('max-substitution-jobs'),
      retries,
    });
  }

  async #openSubstituter(url: string) {
    const { openHostStore } = await import('../stores.ts');
    const { settings, env, warn } = this.#options;
    return openHostStore(url, { settings, env, ...(warn ? { warn } : {}) });
  }

  // Nobody else may want to read warnings when there is no display.
  #tell(event: ProgressEvent) {
    const { display, warn } = this.#options;
    if (display) display.event(event);
    else if (event.type === 'message' && event.level === 'warn') warn?.(event.text);
  }

  // ——— the interface ———

  async realise(paths: readonly DerivedPath[], { mode = 'normal', signal }: RealiseOptions = {}): Promise<RealisedPath[]> {
    signal?.throwIfAborted();
    const targets = paths.map((path) => targetOf(path, mode));
    const finished = await this.#request(targets, signal);
    if (finished.failures.size > 0) throw this.#failure(paths, targets, finished);
    return targets.flatMap((target) => this.#realised(target));
  }

  #request(targets: readonly Target[], signal: AbortSignal | undefined): Promise<Finished> {
    const request = this.#nextRequest++;
    return new Promise((resolve, reject) => {
      const cancel = () => this.#dispatch({ type: 'cancel', request });
      this.#requests.set(request, (finished) => {
        signal?.removeEventListener('abort', cancel);
        if (signal?.aborted) return void this.#idle().then(() => reject(signal.reason));
        // What was stopped has to be gone before anybody is told.
        if (finished.failures.size > 0) return void this.#idle().then(() => resolve(finished));
        resolve(finished);
      });
      signal?.addEventListener('abort', cancel, { once: true });
      this.#dispatch({ type: 'want', request, targets });
    });
  }

  /** Waits for what has been told to end. */
  async #idle(): Promise<void> {
    await Promise.all([...this.#aborted]);
  }

  #failure(paths: readonly DerivedPath[], targets: readonly Target[], { failures, roots, kinds }: Finished) {
    const failed = targets.flatMap((target, index) => (failures.has(target) ? [shownTarget(paths[index]!)] : []));
    const messages = [...new Set([...failures.values()].map(({ message }) => message))];
    const causes = roots.map(({ message }) => message).filter((message) => !messages.includes(message));
    // Displays have been told; others read it here.
    const cause = causes.length > 0 ? new Error(causes.join('\n')) : undefined;
    const details = { status: failingStatus(kinds), failed, kinds, cause };
    if (failed.length === 1 || messages.length === 1) return new BuildFailure(messages[0]!, details);
    for (const text of messages) this.#tell({ type: 'message', level: 'error', text });
    const names = targets.flatMap((target) => (failures.has(target) ? [nameOf(target)] : []));
    const list = [...new Set(names)].sort().map((name) => `'${name}'`);
    return new BuildFailure(`build of ${list.join(', ')} failed`, details);
  }

  #realised(target: Target): RealisedPath[] {
    if ('path' in target) return [{ path: target.path }];
    const { drvPath, outputs } = target;
    const facts = this.#facts.get(drvPath)!;
    const built = this.#outputs.get(drvPath);
    return namesOf(outputs, facts).map((output) => ({ path: (built?.get(output) ?? facts.outputs.get(output)!.path)!, drvPath, output }));
  }

  async there(paths: readonly DerivedPath[]): Promise<RealisedPath[] | undefined> {
    const found = await Promise.all(paths.map((path) => this.#there(targetOf(path, 'normal'))));
    return found.includes(undefined) ? undefined : (found as RealisedPath[][]).flat();
  }

  async #there(target: Target): Promise<RealisedPath[] | undefined> {
    if ('path' in target) return (await this.#reader.wasValid(target.path)) ? [{ path: target.path }] : undefined;
    const facts = await this.#reader.glance(target.drvPath);
    if (!facts || facts.impure) return undefined;
    const names = namesOf(target.outputs, facts);
    if (!names.every((name) => facts.outputs.get(name)?.valid)) return undefined;
    return names.map((output) => ({ path: facts.outputs.get(output)!.path!, drvPath: target.drvPath, output }));
  }

  plan(paths: readonly DerivedPath[], { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<RealisePlan> {
    return new Planner(this.#reader, this.#substituters, signal).plan(paths);
  }

  async close(): Promise<void> {
    for (const request of [...this.#requests.keys()]) this.#dispatch({ type: 'cancel', request });
    while (this.#running.size > 0) await Promise.allSettled([...this.#running]);
    await this.#builds.close();
    await this.#substituters.close();
  }

  // ——— events and effects ———

  #dispatch(event: CoordinatorEvent) {
    this.#events.push(event);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#events.shift(); next; next = this.#events.shift()) {
        for (const effect of this.#machine.step(next)) this.#carryOut(effect);
      }
    } finally {
      this.#draining = false;
    }
  }

  #carryOut(effect: Effect) {
    switch (effect.type) {
      case 'finish':
        this.#requests.get(effect.request)?.(effect);
        this.#requests.delete(effect.request);
        return;
      case 'report':
        return this.#tell({ type: 'message', level: 'error', text: effect.failure.message });
      case 'expect':
        return this.#tell({ ...effect, type: 'expected' });
      case 'abort':
        return this.#abort(effect.goal);
      case 'open-builders':
        return this.#run(0, async () => ({ type: 'builders', builders: await this.#builds.describe() }));
      default:
        return this.#run(effect.goal, (signal) => this.#answer(effect, signal));
    }
  }

  #run(goal: GoalId, work: (signal: AbortSignal) => Promise<CoordinatorEvent>) {
    const task = new AbortController();
    this.#tasks.set(goal, task);
    const running = work(task.signal)
      .catch((error: unknown): CoordinatorEvent => ({ type: 'broken', goal, failure: brokenBy(error) }))
      .then((event) => {
        this.#running.delete(running);
        this.#aborted.delete(running);
        if (this.#tasks.get(goal) === task) this.#tasks.delete(goal);
        this.#dispatch(event);
      });
    this.#running.add(running);
    this.#promises.set(task, running);
  }

  #abort(goal: GoalId) {
    const task = this.#tasks.get(goal);
    if (!task) return;
    this.#aborted.add(this.#promises.get(task)!);
    task.abort(new Error('nobody wants it any more'));
  }

  async #answer(effect: Extract<Effect, { goal: GoalId }>, signal: AbortSignal): Promise<CoordinatorEvent> {
    const { goal } = effect;
    switch (effect.type) {
      case 'load':
        return { type: 'loaded', goal, facts: await this.#load(effect.drvPath) };
      case 'check':
        return { type: 'checked', goal, valid: await this.#reader.isValid(effect.path) };
      case 'query':
        return { type: 'queried', goal, offer: await this.#substituters.offer(effect.substituter, effect.path, signal) };
      case 'copy':
        return this.#copies.copy(effect, signal);
      case 'find':
        return { type: 'found', goal, paths: await this.#find(effect.drvPath, effect.outputs) };
      case 'build':
        return this.#build(effect, signal);
      case 'await-lock':
        await this.#awaitLock(effect.drvPath, signal);
        return { type: 'lock-free', goal };
      case 'pause': {
        const { setTimeout: sleep } = await import('node:timers/promises');
        await sleep(firstPause * 2 ** (effect.attempt - 1), undefined, { signal });
        return { type: 'resumed', goal };
      }
      default:
        throw new Error(`no answer to ${effect.type}`);
    }
  }

  async #load(drvPath: string): Promise<DerivationFacts | undefined> {
    const facts = await this.#reader.facts(drvPath);
    if (facts) this.#facts.set(drvPath, facts);
    return facts;
  }

  async #find(drvPath: string, outputs: readonly string[]): Promise<Map<string, string>> {
    const { store } = this.#options;
    const { outputHashes } = await import('@vixen/store/castore');
    const hashes = await outputHashes(store, await this.#reader.derivation(drvPath));
    const paths = new Map<string, string>();
    for (const output of outputs) {
      const realisation = await this.#substituters.realisation(`sha256:${hashes.get(output)}!${output}`);
      if (!realisation) continue;
      paths.set(output, realisation.outPath);
      if (await this.#reader.isValid(realisation.outPath)) await store.realisations?.put(realisation);
      else this.#copies.expectRealisation(realisation);
    }
    return paths;
  }

  async #awaitLock(drvPath: string, signal: AbortSignal): Promise<void> {
    this.#tell({ type: 'message', level: 'info', text: `waiting for lock on '\x0e${drvPath}\x0f'` });
    await this.#builds.waitForLock({ drvPath, facts: this.#facts.get(drvPath)! }, signal);
  }

  async #build({ goal, drvPath, mode, builder }: Extract<Effect, { type: 'build' }>, signal: AbortSignal): Promise<CoordinatorEvent> {
    const derivation = await this.#reader.derivation(drvPath);
    const impure = [...derivation.inputDerivations.keys()].filter((input) => this.#facts.get(input)?.impure);
    const inputOutputs = new Map(impure.map((input) => [input, this.#outputs.get(input)!]));
    const facts = this.#facts.get(drvPath)!;
    return this.#builds.build({ goal, drvPath, derivation, facts, mode, builder, signal, inputOutputs }, ({ outputs }) => {
      this.#outputs.set(drvPath, new Map([...outputs].map(([name, { path }]) => [name, path])));
    });
  }
}

function targetOf(path: DerivedPath, mode: Mode): Target {
  if ('path' in path) return { path: path.path, repair: mode === 'repair' };
  if (typeof path.drvPath === 'string') return { drvPath: path.drvPath, outputs: path.outputs, mode };
  throw new BuildFailure(
    `'${formatDerivedPath(path)}' is an output of a derivation that is itself an output (dynamic derivations), which Vixen does not build`,
    {
      status: 1,
      failed: [formatDerivedPath(path)],
      kinds: ['unavailable'],
    },
  );
}

/** The outputs that are asked for, all of them in the order of their names. */
const namesOf = (outputs: readonly string[] | '*', facts: DerivationFacts) =>
  outputs === '*' ? [...facts.outputs.keys()].sort() : outputs;

const nameOf = (target: Target) => ('path' in target ? target.path : target.drvPath);

const shownTarget = (path: DerivedPath) => formatDerivedPath(path).replace('!', '^');

/** Opens nothing before it is needed. */
export const openRealiser = (options: RealiserOptions): Realiser => new HostRealiser(options);
