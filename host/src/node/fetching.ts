// Search path values, and the way to the fetchers: they are loaded when the first one is asked for.
import fs from 'node:fs';
import { ErrorCode } from '@vixen/eval-core';
import { isPseudoUrl } from '../core/config/nix-path.ts';
import { normalPath } from '../core/files/paths.ts';
import { type Fetching, HostError, type MaybePromise } from '../core/io.ts';

export interface FetchingOptions {
  /** The folder that relative values start from. */
  base: string;
  warn(text: string): void;
}

export class NodeFetching implements Fetching {
  readonly #options: FetchingOptions;
  readonly #resolved = new Map<string, string | undefined>();

  constructor(options: FetchingOptions) {
    this.#options = options;
  }

  searchPath(value: string): MaybePromise<string | undefined> {
    if (this.#resolved.has(value)) return this.#resolved.get(value);
    if (isPseudoUrl(value) || value.startsWith('flake:')) return this.#download(value);
    const path = normalPath(value, this.#options.base);
    const found = fs.existsSync(path) ? path : undefined;
    if (found === undefined) this.#options.warn(`Nix search path entry '\x0e${value}\x0f' does not exist, ignoring`);
    this.#resolved.set(value, found);
    return found;
  }

  async #download(value: string): Promise<string | undefined> {
    this.#options.warn(`Nix search path entry '\x0e${value}\x0f' cannot be downloaded, ignoring`);
    this.#resolved.set(value, undefined);
    return undefined;
  }

  fetch(fetcher: string, _args: string): MaybePromise<string> {
    throw new HostError(ErrorCode.Plain, `'\x0e${fetcher}\x0f' is not available yet`);
  }

  flake(operation: string, _argument: string): MaybePromise<string> {
    throw new HostError(ErrorCode.Plain, `'\x0e${operation}\x0f' is not available yet`);
  }
}
