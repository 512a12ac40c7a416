// The stores that paths are fetched from, in the order of their priorities. One that is away is named once, and left out from then on.
import { type CopyEvent, copyPaths, type PathInfo, type Realisation, type Store, StoreError } from '@vixen/store';
import type { Settings } from '../../core/config/settings.ts';
import type { Offer } from '../../core/coordinator/events.ts';

export interface SubstitutersOptions {
  readonly settings: Settings;
  readonly open: (url: string) => Promise<Store>;
  readonly warn: (text: string) => void;
}

interface Substituter {
  readonly url: string;
  readonly store: Store;
  /** Whether it needs no signatures (`?trusted=true`). */
  readonly trusted: boolean;
  disabled: boolean;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** What `substituters` names, each once; none where `substitute` is off. */
export function substituterUrls(settings: Settings): string[] {
  return settings.bool('substitute') ? [...new Set(settings.list('substituters'))] : [];
}

export class Substituters {
  readonly #options: SubstitutersOptions;
  readonly #urls: readonly string[];
  #opened: Promise<readonly Substituter[]> | undefined;

  constructor(options: SubstitutersOptions) {
    this.#options = options;
    this.#urls = substituterUrls(options.settings);
  }

  get count(): number {
    return this.#urls.length;
  }

  /** Opens all at once; the order is known then. */
  #open(): Promise<readonly Substituter[]> {
    this.#opened ??= this.#openAll();
    return this.#opened;
  }

  async #openAll(): Promise<readonly Substituter[]> {
    const opened = await Promise.all(this.#urls.map((url) => this.#openOne(url)));
    return opened.filter((each) => each !== undefined).sort((a, b) => a.store.priority - b.store.priority);
  }

  async #openOne(url: string): Promise<Substituter | undefined> {
    try {
      const trusted = /[?&]trusted=(?:true|1)\b/.test(url);
      return { url, store: await this.#options.open(url), trusted, disabled: false };
    } catch (error) {
      this.#options.warn(messageOf(error));
      return undefined;
    }
  }

  /** What the substituter knows of a path; undefined where it does not have it, or is away. */
  async info(index: number, path: string, signal?: AbortSignal): Promise<PathInfo | undefined> {
    const substituter = (await this.#open())[index];
    if (!substituter || substituter.disabled) return undefined;
    try {
      return await substituter.store.pathInfo(path, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      this.#failed(substituter, error);
      return undefined;
    }
  }

  #failed(substituter: Substituter, error: unknown) {
    if (substituter.disabled) return;
    if (!(error instanceof StoreError) || error.code === 'unavailable' || error.code === 'io') substituter.disabled = true;
    const rest = substituter.disabled ? `; substituter '\x0e${substituter.url}\x0f' is not used any more` : '';
    this.#options.warn(`${messageOf(error)}${rest}`);
  }

  async offer(index: number, path: string, signal?: AbortSignal): Promise<Offer | undefined> {
    const info = await this.info(index, path, signal);
    return info && { references: info.references, narSize: info.narSize, downloadSize: downloadSize(info) };
  }

  /** The first that has it. */
  async firstOffer(path: string, signal?: AbortSignal): Promise<Offer | undefined> {
    for (let index = 0; index < this.count; index++) {
      const offer = await this.offer(index, path, signal);
      if (offer) return offer;
    }
    return undefined;
  }

  async url(index: number): Promise<string> {
    return (await this.#open())[index]!.store.url;
  }

  async realisation(id: string): Promise<Realisation | undefined> {
    for (const { store, disabled } of await this.#open()) {
      const found = disabled ? undefined : await store.realisations?.get(id).catch(() => undefined);
      if (found) return found;
    }
    return undefined;
  }

  /** Copies one path, whose references are valid. */
  async copy(
    index: number,
    to: Store,
    path: string,
    options: { repair: boolean; signal: AbortSignal; onEvent: (event: CopyEvent) => void },
  ) {
    const { store, trusted } = (await this.#open())[index]!;
    await copyPaths(store, to, [path], { ...options, closure: false, checkSignatures: !trusted });
  }

  async close() {
    const opened = await this.#opened?.catch(() => []);
    for (const { store } of opened ?? []) await store.close();
  }
}

/** Bytes to fetch, where a cache says it. */
const downloadSize = (info: PathInfo): number => ('fileSize' in info && typeof info.fileSize === 'number' ? info.fileSize : 0);
