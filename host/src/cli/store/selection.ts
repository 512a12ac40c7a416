// The paths that a command works on: those named, with their closures where that is asked for, or all of the store.
import {
  closureInfos,
  notValid,
  type PathInfo,
  type Realisation,
  realisedOutputs,
  type Store,
  StoreError,
  topologicalOrder,
} from '@vixen/store';
import type { Flag } from '../flags.ts';
import { UsageError } from '../usage.ts';
import type { StoreContext } from './context.ts';
import { storePathOf } from './paths.ts';

export interface SelectionOptions {
  /** Whether closures are taken unless the user says otherwise. */
  readonly recursive: boolean;
}

export interface NamedPaths {
  readonly paths: readonly string[];
  /** How the paths of outputs are known, where their derivations do not say it. */
  readonly realisations: readonly Realisation[];
}

export class PathSelection {
  readonly words: string[] = [];
  readonly flags: Flag[];
  #recursive: boolean;
  #all = false;
  #stdin = false;

  constructor({ recursive }: SelectionOptions) {
    this.#recursive = recursive;
    this.flags = [
      recursive
        ? { names: ['--no-recursive'], help: 'only the paths named', run: () => this.#setRecursive(false) }
        : { names: ['--recursive', '-r'], help: 'the paths and all that they refer to', run: () => this.#setRecursive(true) },
      { names: ['--all'], help: 'all paths of the store', run: () => this.#setAll() },
      { names: ['--stdin'], help: 'read paths from stdin, too', run: () => this.#setStdin() },
    ];
  }

  get isRecursive(): boolean {
    return this.#recursive;
  }

  #setRecursive(value: boolean) {
    this.#recursive = value;
  }

  #setAll() {
    this.#all = true;
  }

  #setStdin() {
    this.#stdin = true;
  }

  readonly positional = (word: string) => this.words.push(word);

  /** What is known of the paths, references before what refers to them. Fails for paths that are not valid. */
  async resolve(context: StoreContext, store: Store): Promise<PathInfo[]> {
    const { signal } = context;
    const paths = await this.paths(context, store);
    const infos = this.#recursive ? await closureInfos(store, paths, { signal }) : await validInfos(store, paths, signal);
    return topologicalOrder(infos).map((path) => infos.get(path)!);
  }

  /** The paths that were named, valid or not. */
  async paths(context: StoreContext, store: Store): Promise<readonly string[]> {
    return (await this.named(context, store)).paths;
  }

  async named({ signal }: StoreContext, store: Store): Promise<NamedPaths> {
    const words = [...this.words, ...(this.#stdin ? await readWords() : [])];
    if (!this.#all) return namedBy(words, store, signal);
    if (words.length > 0) throw new UsageError("'\x0e--all\x0f' does not expect arguments");
    const paths: string[] = [];
    for await (const path of store.paths({ signal })) paths.push(path);
    return { paths, realisations: [] };
  }
}

/** A path, or with `^` outputs of a derivation: `…-x.drv^out,dev`, `…-x.drv^*`. */
async function namedBy(words: readonly string[], store: Store, signal: AbortSignal): Promise<NamedPaths> {
  const paths: string[] = [];
  const realisations: Realisation[] = [];
  for (const word of words) {
    const [, derivation, outputs] = /^(.*\.drv)\^([^^]+)$/.exec(word) ?? [];
    if (derivation === undefined || outputs === undefined) {
      paths.push(storePathOf(store, word));
      continue;
    }
    const drvPath = storePathOf(store, derivation);
    for (const { name, path, realisation } of await realisedOutputs(store, drvPath, outputs === '*' ? '*' : outputs.split(','), {
      signal,
    })) {
      if (path === undefined)
        throw new StoreError('not-found', `cannot operate on output '${name}' of the unbuilt derivation '${drvPath}'`);
      paths.push(path);
      if (realisation) realisations.push(realisation);
    }
  }
  return { paths, realisations };
}

async function readWords(): Promise<string[]> {
  const { readStdin } = await import('../stdin.ts');
  return new TextDecoder()
    .decode(readStdin())
    .split(/\s+/)
    .filter((word) => word !== '');
}

async function validInfos(store: Store, paths: readonly string[], signal: AbortSignal): Promise<Map<string, PathInfo>> {
  const infos = await store.pathInfos(paths, { signal });
  for (const path of paths) if (!infos.has(path)) throw notValid(path);
  return infos;
}
