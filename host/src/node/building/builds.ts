// Carries out builds: opens the builder when the first is needed; lock, build, hook.
import type { BuildService, BuiltDerivation } from '@vixen/builder';
import type { Store } from '@vixen/store';
import { baseNameOf, type Derivation } from '@vixen/store/formats';
import type { BuilderFacts, CoordinatorEvent, DerivationFacts, Mode } from '../../core/coordinator/events.ts';
import type { ProgressEvent } from '../../core/coordinator/progress.ts';
import { failureOfBuild, isBuildError } from './failures.ts';
import { type BuildLocks, openLocks } from './locks.ts';
import { LogTail } from './log-tail.ts';
import type { RealiserOptions } from './types.ts';

export interface BuildTask {
  readonly goal: number;
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly facts: DerivationFacts;
  readonly mode: Mode;
  readonly signal: AbortSignal;
  /** Paths of inputs that nobody else knows. */
  readonly inputOutputs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const shownMessage = (error: unknown) => (error instanceof Error ? error.message : String(error));

export class Builds {
  readonly #options: RealiserOptions;
  readonly #store: Store;
  readonly #tell: (event: ProgressEvent) => void;
  readonly #locks: BuildLocks & { close?(): void };
  #builder: Promise<BuildService> | undefined;

  constructor(options: RealiserOptions, tell: (event: ProgressEvent) => void) {
    this.#options = options;
    this.#store = options.store;
    this.#tell = tell;
    this.#locks = openLocks(options.store);
  }

  #open(): Promise<BuildService> {
    if (this.#builder) return this.#builder;
    const opening = this.#openBuilder();
    this.#builder = opening;
    // Who asks again gets another try.
    opening.catch(() => {
      if (this.#builder === opening) this.#builder = undefined;
    });
    return opening;
  }

  async #openBuilder(): Promise<BuildService> {
    const { settings, env, openBuilder } = this.#options;
    const { builderUrl, configured } = await import('./build-settings.ts');
    if (openBuilder) return configured(await openBuilder(), settings);
    const { openBuilder: open } = await import('@vixen/builder');
    const options = { store: this.#store, buildFolder: settings.text('build-dir') || undefined };
    return configured(await open(builderUrl(settings, env), options), settings);
  }

  /** What builders there are. */
  async describe(): Promise<readonly BuilderFacts[]> {
    const { settings } = this.#options;
    const { buildSlots } = await import('./build-settings.ts');
    const slots = buildSlots(settings);
    const { systems, features } = await (await this.#open()).describe();
    return [{ systems, features, slots }];
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

  async #buildOnce({ drvPath, derivation, mode, signal, inputOutputs }: BuildTask, tail: LogTail): Promise<BuiltDerivation> {
    const { settings, warn } = this.#options;
    const [{ buildDerivation }, { buildSettings }] = await Promise.all([import('@vixen/builder'), import('./build-settings.ts')]);
    const onKept = (folder: string) =>
      this.#tell({ type: 'message', level: 'info', text: `note: keeping build directory '\x0e${folder}\x0f'` });
    const builder = await this.#open();
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
    const builder = await this.#builder?.catch(() => undefined);
    await builder?.close();
  }
}
