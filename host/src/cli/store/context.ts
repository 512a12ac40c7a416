// What a command about stores works with: settings, the store, a signal that Ctrl-C gives, and how to say things.
import type { Store } from '@vixen/store';
import { ansi, colourMarks } from '../../core/errors/ansi.ts';
import type { LoadedConfig } from '../../node/config.ts';
import { log } from '../output.ts';

const defaultVerbosity = 3;

export class StoreContext {
  readonly program: string;
  readonly config: LoadedConfig;
  storeUrl: string | undefined;
  verbosity = defaultVerbosity;
  /** How builds are shown; '' for what suits. */
  logFormat = '';
  readonly #abort = new AbortController();
  readonly #opened: Store[] = [];
  #store: Promise<Store> | undefined;

  constructor(program: string, config: LoadedConfig) {
    this.program = program;
    this.config = config;
    process.once('SIGINT', this.#interrupt);
    process.once('SIGTERM', this.#interrupt);
  }

  // A second signal ends the process at once, since the handler is gone by then.
  readonly #interrupt = () => this.#abort.abort();

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  set(name: string, value: string) {
    if (!this.config.settings.set(name, value)) this.config.unknown.push(name);
  }

  warnAboutSettings() {
    for (const name of [...this.config.unknown].sort()) this.warn(`unknown setting '\x0e${name}\x0f'`);
  }

  /** The store of the command line, else of the settings; opened once. */
  store(): Promise<Store> {
    this.#store ??= this.open(this.#url);
    return this.#store;
  }

  get #url(): string {
    return this.storeUrl ?? process.env.VIXEN_STORE ?? this.config.settings.text('store');
  }

  /** Another store; closed when the command ends. */
  async open(url: string): Promise<Store> {
    const store = await this.#openUrl(url);
    this.#opened.push(store);
    return store;
  }

  /** The store of `store()` once more, for one who closes it. */
  openAgain(): Promise<Store> {
    return this.#openUrl(this.#url);
  }

  async #openUrl(url: string): Promise<Store> {
    const { openHostStore } = await import('../../node/stores.ts');
    return openHostStore(url, {
      settings: this.config.settings,
      signal: this.signal,
      env: process.env,
      warn: (text) => this.warn(text),
    });
  }

  warn(text: string) {
    log(colourMarks(`${ansi.magenta}warning:${ansi.normal} ${text}`));
  }

  error(text: string) {
    log(colourMarks(`${ansi.red}error:${ansi.normal} ${text}`));
  }

  /** Something worth knowing, unless the user wants quiet. */
  info(text: string) {
    if (this.verbosity >= defaultVerbosity) log(colourMarks(text));
  }

  async close() {
    process.off('SIGINT', this.#interrupt);
    process.off('SIGTERM', this.#interrupt);
    for (const store of this.#opened.splice(0)) await store.close();
  }
}
