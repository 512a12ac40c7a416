// Flakes: references resolved by registries, trees fetched, lock files read (libflake/flake.cc).
import fs from 'node:fs';
import path from 'node:path';
import { type FlakeRef, type ParseOptions, parseFlakeRef } from '../../core/fetch/flake-ref.ts';
import { type Attributes, fetchError, q } from '../../core/fetch/input.ts';
import { xdgFolder } from '../folders.ts';
import type { FetchContext, FetchedTree } from './context.ts';
import { emptyLock, parseLockFile } from './lock-file.ts';
import { Locker } from './locker.ts';
import { lookUp, parseRegistry, type Registry, type Resolved, readRegistry } from './registry.ts';
import type { TreeFetcher } from './tree-fetcher.ts';
import { fetchFile } from './url-fetcher.ts';

/** What a flake.nix says of its inputs, as JSON gives it. */
export interface FlakeInfo {
  inputs: Record<string, InputInfo>;
  /** The arguments of `outputs`. */
  formals: string[];
}

export interface InputInfo {
  url?: string;
  flake?: boolean;
  follows?: string;
  inputs?: Record<string, InputInfo>;
  [attribute: string]: unknown;
}

/** Reads the flake.nix of a folder, by evaluating it. */
export type FlakeReader = (folder: string) => Promise<FlakeInfo>;

/** A flake's tree, and where in it the flake lies. */
export interface FetchedFlake {
  tree: FetchedTree;
  dir: string;
}

export interface FlakeAnswer {
  lockFile: string;
  overrides: Record<string, { sourceInfo: Attributes; dir: string }>;
}

/** Which registries are asked: all, or only those that everybody has. */
export type RegistryUse = 'all' | 'limited' | 'none';

export class FlakeFetcher {
  readonly #context: FetchContext;
  readonly #trees: TreeFetcher;
  readonly #reader: FlakeReader;
  #registries: Registry[] | undefined;

  constructor(context: FetchContext, trees: TreeFetcher, reader: FlakeReader) {
    this.#context = context;
    this.#trees = trees;
    this.#reader = reader;
  }

  parse(text: string, options?: ParseOptions): FlakeRef {
    return parseFlakeRef(this.#context.schemes, text, options);
  }

  async #allRegistries(): Promise<Registry[]> {
    if (this.#registries) return this.#registries;
    const { schemes, settings, warn } = this.#context;
    const { env } = process;
    const user = readRegistry(schemes, 'user', path.join(xdgFolder(env, 'XDG_CONFIG_HOME', '.config'), 'nix/registry.json'), warn);
    const system = readRegistry(schemes, 'system', path.join(env.NIX_CONF_DIR || '/etc/nix', 'registry.json'), warn);
    const global = settings.text('flake-registry');
    this.#registries = [user, system, await this.#globalRegistry(global)];
    return this.#registries;
  }

  async #globalRegistry(place: string): Promise<Registry> {
    const { schemes, warn, store } = this.#context;
    if (place === '') return { kind: 'global', entries: [] };
    if (place.startsWith('/')) return readRegistry(schemes, 'global', place, warn);
    const { storePath } = await fetchFile(this.#context, { url: place, name: 'flake-registry.json' });
    return parseRegistry(schemes, 'global', fs.readFileSync(await store.files(storePath), 'utf8'), place);
  }

  async resolve(input: Attributes, use: RegistryUse): Promise<Resolved> {
    const { schemes } = this.#context;
    if (schemes.isDirect(input)) return { input, dir: undefined };
    if (use === 'none') throw fetchError(`${q(schemes.print(input))} is an indirect flake reference, but registry lookups are not allowed`);
    const registries = (await this.#allRegistries()).filter(({ kind }) => use === 'all' || kind === 'flag' || kind === 'global');
    return lookUp(schemes, registries, input);
  }

  get #useRegistries(): boolean {
    const { settings } = this.#context;
    return settings.bool('use-registries') && !settings.bool('pure-eval');
  }

  async fetchFlake(ref: FlakeRef, use: RegistryUse): Promise<FetchedFlake> {
    const { input, dir } = await this.resolve(ref.input, use);
    return { tree: await this.#trees.fetch(input), dir: dir ?? ref.dir };
  }

  /** The folder of a flake on the machine. */
  async folderOf({ tree, dir }: FetchedFlake): Promise<string> {
    return path.join(await this.#context.store.files(tree.storePath), dir);
  }

  /** As folderOf, by its store path. */
  logicalFolderOf({ tree, dir }: FetchedFlake): string {
    return dir === '' ? tree.storePath : `${tree.storePath}/${dir}`;
  }

  async sourcePath(text: string): Promise<string> {
    const { tree } = await this.fetchFlake(this.parse(text), 'all');
    return tree.storePath;
  }

  /** What `getFlake` needs: the lock file, and what is fetched already. */
  async getFlake(text: string): Promise<FlakeAnswer> {
    const { schemes, settings } = this.#context;
    const ref = this.parse(text);
    if (settings.bool('pure-eval') && !schemes.isLocked(ref.input)) {
      throw fetchError(`cannot call 'getFlake' on unlocked flake reference ${q(text)} (use --impure to override)`);
    }
    return this.lockedFlake(ref, this.#useRegistries);
  }

  /** A flake with its inputs locked; registries may be asked about the flake itself even where evaluation is pure. */
  async lockedFlake(ref: FlakeRef, useRegistries = this.#context.settings.bool('use-registries')): Promise<FlakeAnswer> {
    const flake = await this.fetchFlake(ref, useRegistries ? 'all' : 'none');
    const folder = await this.folderOf(flake);
    const lockPath = path.join(folder, 'flake.lock');
    const old = fs.existsSync(lockPath)
      ? parseLockFile(fs.readFileSync(lockPath, 'utf8'), `${this.logicalFolderOf(flake)}/flake.lock`)
      : emptyLock();
    const locker = new Locker(this.#context.schemes, {
      fetch: (input) => this.fetchFlake(input, this.#useRegistries ? 'limited' : 'none'),
      read: (fetched) => this.#reader(this.logicalFolderOf(fetched)),
      oldLock: (fetched) => this.#oldLock(fetched),
    });
    const lock = await locker.lock(flake, old);
    const overrides = Object.entries(lock.fetched).map(([name, fetched]) => [name, this.#override(fetched)] as const);
    return { lockFile: lock.text, overrides: Object.fromEntries(overrides) };
  }

  async #oldLock(flake: FetchedFlake) {
    const file = path.join(await this.folderOf(flake), 'flake.lock');
    return fs.existsSync(file) ? parseLockFile(fs.readFileSync(file, 'utf8'), `${this.logicalFolderOf(flake)}/flake.lock`) : emptyLock();
  }

  #override({ tree, dir }: FetchedFlake) {
    return { sourceInfo: this.#trees.describe(tree), dir };
  }
}
