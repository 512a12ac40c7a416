// Search path values, and the way to the fetchers: they are loaded when the first one is asked for.
import { isPseudoUrl } from '../core/config/nix-path.ts';
import { normalPath } from '../core/files/paths.ts';
import { type Fetching, HostError, type MaybePromise } from '../core/io.ts';
import type { FetchService } from './fetch/service.ts';

export interface FetchingOptions {
  /** The folder that relative values start from. */
  base: string;
  warn(text: string): void;
  exists(path: string): boolean;
  /** Makes the fetchers. */
  open(): Promise<FetchService>;
}

export class NodeFetching implements Fetching {
  readonly #options: FetchingOptions;
  readonly #resolved = new Map<string, string | undefined>();
  #service: Promise<FetchService> | undefined;

  constructor(options: FetchingOptions) {
    this.#options = options;
  }

  service(): Promise<FetchService> {
    this.#service ??= this.#options.open();
    return this.#service;
  }

  searchPath(value: string): MaybePromise<string | undefined> {
    if (this.#resolved.has(value)) return this.#resolved.get(value);
    if (isPseudoUrl(value) || value.startsWith('flake:')) return this.#download(value);
    const path = normalPath(value, this.#options.base);
    const found = this.#options.exists(path) ? path : undefined;
    if (found === undefined) this.#options.warn(`Nix search path entry '\x0e${value}\x0f' does not exist, ignoring`);
    this.#resolved.set(value, found);
    return found;
  }

  async #download(value: string): Promise<string | undefined> {
    let found: string | undefined;
    try {
      found = await (await this.service()).searchPath(value);
    } catch (error) {
      // A flake that cannot be fetched is an error, an archive is not.
      if (!(error instanceof HostError) || value.startsWith('flake:')) throw error;
      this.#options.warn(`Nix search path entry '\x0e${value}\x0f' cannot be downloaded, ignoring`);
    }
    this.#resolved.set(value, found);
    return found;
  }

  async fetch(fetcher: string, args: string): Promise<string> {
    return (await this.service()).fetch(fetcher, args);
  }

  async flake(operation: string, argument: string): Promise<string> {
    return (await this.service()).flake(operation, argument);
  }
}
