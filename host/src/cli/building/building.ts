// Building for a command: what is asked for is realised in its store. Nothing of it is loaded before something has to be made valid.
import type { BuildMode } from '@vixen/builder';
import type { Store } from '@vixen/store';
import type { DerivedPath } from '@vixen/store/formats';
import type { Settings } from '../../core/config/settings.ts';
import type { BuildDisplay, RealisedPath, Realiser } from '../../node/building/index.ts';
import { missingText } from './missing.ts';

export interface BuildingOptions {
  readonly store: () => Promise<Store>;
  readonly settings: Settings;
  readonly warn: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly log: (text: string) => void;
}

export interface RealiseRequest {
  readonly mode?: BuildMode;
}

/** Gives work a signal that Ctrl-C aborts, so that builds are ended in good order. A second one ends the process at once. */
async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, interrupt);
  try {
    return await work(stop.signal);
  } finally {
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, interrupt);
  }
}

export class Building {
  /** How builds are shown; set before the first of them. */
  logFormat = '';
  /** Whether logs are shown as they come; undefined leaves it to the format. */
  logs: boolean | undefined;
  verbosity = 3;
  /** Whether the command is one of the older ones, which print logs as they are. */
  legacy = false;
  readonly #options: BuildingOptions;
  #realiser: Promise<Realiser> | undefined;
  #display: BuildDisplay | undefined;

  constructor(options: BuildingOptions) {
    this.#options = options;
  }

  async #open(): Promise<Realiser> {
    const { openRealiser } = await import('../../node/building/index.ts');
    const { store, settings, warn } = this.#options;
    const { openBuildDisplay } = await import('./display.ts');
    this.#display = openBuildDisplay(this);
    return openRealiser({ store: await store(), settings, env: process.env, display: this.#display, warn });
  }

  realiser(): Promise<Realiser> {
    this.#realiser ??= this.#open();
    return this.#realiser;
  }

  /** Makes paths valid: fetches or builds them. Answers what they are, in the order asked for. */
  async realise(paths: readonly DerivedPath[], { mode = 'normal' }: RealiseRequest = {}): Promise<RealisedPath[]> {
    const realiser = await this.realiser();
    const { signal } = this.#options;
    return signal ? realiser.realise(paths, { mode, signal }) : untilInterrupted((own) => realiser.realise(paths, { mode, signal: own }));
  }

  /**
   * Says what would be built and fetched, and does it unless it is a dry run, of which nothing comes. For commands that do no more with the paths than name
   * them and link to them.
   */
  async make(paths: readonly DerivedPath[], { mode, dryRun }: { mode: BuildMode; dryRun: boolean }): Promise<RealisedPath[] | undefined> {
    const there = mode === 'normal' ? await (await this.realiser()).there(paths) : undefined;
    if (!there) await this.sayMissing(paths);
    if (dryRun) return undefined;
    return there ?? this.realise(paths, { mode });
  }

  /** Says what would be built and fetched. */
  async sayMissing(paths: readonly DerivedPath[]): Promise<void> {
    const text = missingText(await (await this.realiser()).plan(paths));
    if (text === '') return;
    if (this.logFormat === 'internal-json') this.#display?.event({ type: 'message', level: 'info', text });
    else this.#options.log(text);
  }

  async close(): Promise<void> {
    const opened = await this.#realiser?.catch(() => undefined);
    this.#realiser = undefined;
    await opened?.close();
  }
}
