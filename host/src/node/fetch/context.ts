// What all fetchers share.
import type { Settings } from '../../core/config/settings.ts';
import type { Attributes, SchemeSet } from '../../core/fetch/input.ts';
import type { EvaluationStore } from '../eval-store.ts';
import type { FetchCache } from './cache.ts';
import type { Downloader } from './download.ts';

export interface FetchContext {
  schemes: SchemeSet;
  settings: Settings;
  store: EvaluationStore;
  cache: FetchCache;
  download: Downloader;
  warn(text: string): void;
  /** Says what is being done now; an empty text: nothing any more. */
  activity(text: string): void;
  /** Refuses what restricted evaluation may not fetch. */
  checkUri(uri: string): void;
  /** Lets restricted and pure evaluation see a store path. */
  allow(storePath: string): void;
  /** Runs a program for its output; the rest of what it says goes to the user. */
  run(program: string, args: string[], options?: { input?: string; quiet?: boolean }): Buffer;
}

/** What a fetcher gives: a tree in the store, and the attributes of the input with all that is known now. */
export interface FetchedTree {
  storePath: string;
  /** SRI */
  narHash: string;
  input: Attributes;
}
