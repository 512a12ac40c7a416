// Carries out builds: opens the builder when the first is needed; lock, build, hook.
import type { BuildService, BuiltDerivation } from '@vixen/builder';
import type { Store } from '@vixen/store';
import { baseNameOf, type Derivation } from '@vixen/store/formats';
import type { Settings } from '../../core/config/settings.ts';
import type { BuilderFacts, CoordinatorEvent, DerivationFacts, Mode } from '../../core/coordinator/events.ts';
import type { ProgressEvent } from '../../core/coordinator/progress.ts';
import { currentSystem } from '../system.ts';
import { failureOfBuild, isBuildError } from './failures.ts';
import { type BuildLocks, openLocks } from './locks.ts';
import { LogTail } from './log-tail.ts';
import type { Machine } from './machines.ts';
import type { RealiserOptions } from './types.ts';

export interface BuildTask {
  readonly goal: number;
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly facts: DerivationFacts;
  readonly mode: Mode;
  /** Which of those that `describe` has told. */
  readonly builder: number;
  readonly signal: AbortSignal;
  /** Paths of inputs that nobody else knows. */
  readonly inputOutputs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const systemOf = (settings: Settings) => settings.text('system') || currentSystem();

const shownMessage = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class Builds {
  readonly #options: RealiserOptions;
  readonly #store: Store;
  readonly #tell: (event: ProgressEvent) => void;
  readonly #locks: BuildLocks & { close?(): void };
  /** In the order of `describe`. */
  readonly #builders = new Map<number, Promise<BuildService>>();
  #machines: readonly Machine[] = [];

  constructor(options: RealiserOptions, tell: (event: ProgressEvent) => void) {
    this.#options = options;
    this.#store = options.store;
    this.#tell = tell;
    this.#locks = openLocks(options.store);
  }

  #open(index: number): Promise<BuildService> {
    const known = this.#builders.get(index);
    if (known) return known;
    const opening = index === 0 ? this.#openOwn() : this.#openMachine(this.#machines[index - 1]!.url);
    this.#builders.set(index, opening);
    // Who asks again gets another try.
    opening.catch(() => this.#builders.delete(index));
    return opening;
  }

  async #openOwn(): Promise<BuildService> {
    const { settings, env, openBuilder } = this.#options;
    if (openBuilder) return openBuilder();
    const { builderOptions, builderUrl } = await import('./build-settings.ts');
    const { openBuilder: open } = await import('@vixen/builder');
    return open(builderUrl(settings, env), { store: this.#store, ...builderOptions(settings) });
  }

  async #openMachine(url: string): Promise<BuildService> {
    if (this.#options.openBuilder) return this.#options.openBuilder(url);
    const { openBuilder } = await import('@vixen/builder');
    return openBuilder(url, { store: this.#store });
  }

  /** What builders there are, this machine's own first. The others are not asked before they are to build. */
  async describe(): Promise<readonly BuilderFacts[]> {
    const { settings } = this.#options;
    const { parseMachines } = await import('./machines.ts');
    const warn = (text: string) => this.#tell({ type: 'message', level: 'warn', text });
    this.#machines = parseMachines(settings.text('builders'), systemOf(settings), warn);
    return [await this.#describeOwn(), ...this.#machines];
  }

  async #describeOwn(): Promise<BuilderFacts> {
    const { settings } = this.#options;
    const { buildSlots } = await import('./build-settings.ts');
    const slots = buildSlots(settings);
    // Where nothing is built here, nothing has to work here.
    if (slots === 0 && this.#machines.length > 0) return { systems: [systemOf(settings)], features: [], slots };
    const { systems, features } = await (await this.#open(0)).describe();
    return { systems, features, slots };
  }

  lockName({ drvPath, facts }: Pick<BuildTask, 'drvPath' | 'facts'>): string {
    const paths = [...facts.outputs.values()].flatMap(({ path }) => (path === undefined ? [] : [path])).sort();
    return baseNameOf(paths[0] ?? drvPath, this.#store.directory);
  }

  waitForLock(task: Pick<BuildTask, 'drvPath' | 'facts'>, signal: AbortSignal): Promise<void> {
    return this.#locks.waitFor(this.lockName(task), signal);
  }

  /** Answers what the machine is to be told. `onBuilt` learns where outputs are. */
  async build(task: BuildTask, onBuilt: (built: BuiltDerivation) => void): Promise<CoordinatorEvent> {
    const { goal, drvPath } = task;
    const lock = this.lockName(task);
    if (!this.#locks.take(lock)) return { type: 'build-busy', goal };
    try {
      return await this.#locked(task, onBuilt);
    } catch (error) {
      this.#tell({ type: 'build-ended', drvPath, failure: shownMessage(error) });
      throw error;
    } finally {
      this.#locks.release(lock);
    }
  }

  async #locked(task: BuildTask, onBuilt: (built: BuiltDerivation) => void): Promise<CoordinatorEvent> {
    const { goal, drvPath, mode } = task;
    const tail = new LogTail(this.#options.settings.int('log-lines'));
    this.#tell({ type: 'build-started', drvPath, mode });
    try {
      const built = await this.#buildOnce(task, tail);
      await this.#hook(task, built);
      onBuilt(built);
      this.#tell({ type: 'build-ended', drvPath });
      return { type: 'built', goal };
    } catch (error) {
      task.signal.throwIfAborted();
      const failure = this.#failureOf(error, task, tail);
      const again = isBuildError(error) && error.code === 'unavailable';
      this.#tell({ type: 'build-ended', drvPath, failure: failure.message });
      return { type: 'build-failed', goal, failure, again };
    }
  }

  #failureOf(error: unknown, { drvPath, facts, derivation }: BuildTask, tail: LogTail) {
    const log = this.#options.display?.printsLogs ? [] : tail.lines();
    const logCommand = this.#options.settings.feature('nix-command') ? 'nix log' : 'nix-store -l';
    const fixed = [...derivation.outputs.values()].some(({ type }) => type === 'fixed');
    return failureOfBuild(error, { drvPath, facts, fixed, log, logCommand });
  }

  async #buildOnce(
    { drvPath, derivation, mode, builder: index, signal, inputOutputs }: BuildTask,
    tail: LogTail,
  ): Promise<BuiltDerivation> {
    const { settings, warn } = this.#options;
    const [{ buildDerivation }, { buildSettings }] = await Promise.all([import('@vixen/builder'), import('./build-settings.ts')]);
    const onKept = (folder: string) =>
      this.#tell({ type: 'message', level: 'info', text: `note: keeping build directory '\x0e${folder}\x0f'` });
    const builder = await this.#open(index);
    return buildDerivation(
      { drvPath, derivation, inputOutputs },
      {
        store: this.#store,
        builder,
        // Hashes and references of a builder elsewhere are computed again.
        trusted: !builder.url.startsWith('grpc'),
        settings: buildSettings(settings),
        mode,
        signal,
        onLog: (bytes) => {
          tail.take(bytes);
          this.#tell({ type: 'build-log', drvPath, bytes });
        },
        ...(settings.bool('keep-failed') ? { onKept } : {}),
        ...(warn ? { warn } : {}),
      },
    );
  }

  async #hook({ drvPath, signal }: BuildTask, built: BuiltDerivation): Promise<void> {
    const hook = this.#options.settings.text('post-build-hook');
    if (hook === '') return;
    const { runPostBuildHook } = await import('./post-build-hook.ts');
    const outPaths = [...built.outputs.values()].map(({ path }) => path);
    const onOutput = (bytes: Uint8Array) => this.#tell({ type: 'hook-log', drvPath, bytes });
    await runPostBuildHook({ hook, env: this.#options.env, drvPath, outPaths, signal, onOutput });
  }

  async close() {
    this.#locks.close?.();
    for (const opened of [...this.#builders.values()]) await (await opened.catch(() => undefined))?.close();
  }
}
