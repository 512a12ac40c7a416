/** A `BuildService` on this machine: the same for all sandboxes. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CallOptions, Store } from '@vixen/store';
import { BuildError } from '../errors.ts';
import type { BuilderDescription, BuildOptions, BuildOutcome, BuildRequest, BuildService } from '../service.ts';
import type { Backend } from './backend.ts';
import type { BuildFolders } from './folders.ts';
import { InputPlaces } from './inputs.ts';
import { LogPipes } from './log-pipe.ts';
import { isRoot, systems } from './machine.ts';
import { takeOutputs } from './outputs.ts';
import { type Prepared, prepareBuild } from './prepare.ts';
import { runBuild } from './run.ts';
import { BuildUsers } from './users.ts';

export interface SandboxBuilderOptions {
  readonly url: string;
  readonly store: Store;
  readonly folders: BuildFolders;
  readonly backend: Backend;
  /** For builds that may see the whole machine; without, they are refused. */
  readonly unsandboxed?: (() => Backend | undefined) | undefined;
  readonly extraSystems?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
}

/** What builds may ask for, as Nix' default `system-features` on Linux. */
const plainFeatures = ['benchmark', 'big-parallel', 'nixos-test'];

export class SandboxBuilder implements BuildService {
  readonly url: string;
  readonly #store: Store;
  readonly #folders: BuildFolders;
  readonly #backend: Backend;
  readonly #unsandboxed: (() => Backend | undefined) | undefined;
  #left: Backend | undefined;
  readonly #users = isRoot() ? new BuildUsers() : undefined;
  readonly #inputs: InputPlaces;
  readonly #pipes: LogPipes;
  readonly #running = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  readonly #systems: readonly string[];
  readonly #features: readonly string[];

  constructor({ url, store, folders, backend, unsandboxed, extraSystems = [], features }: SandboxBuilderOptions) {
    this.#systems = [...new Set([...systems(), ...extraSystems])];
    this.#features = features ?? machineFeatures();
    this.url = url;
    this.#store = store;
    this.#folders = folders;
    this.#backend = backend;
    this.#unsandboxed = unsandboxed;
    this.#inputs = new InputPlaces(store, path.join(folders.own, 'inputs'));
    this.#pipes = new LogPipes(folders.own);
  }

  async describe(): Promise<BuilderDescription> {
    const { name, reason, sandboxed } = this.#backend;
    return { name, reason, sandboxed, systems: this.#systems, features: this.#features };
  }

  build(request: BuildRequest, options: BuildOptions = {}): Promise<BuildOutcome> {
    const signals = [this.#closing.signal, ...(options.signal ? [options.signal] : [])];
    const running = this.#build(request, { ...options, signal: AbortSignal.any(signals) });
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  async #build(request: BuildRequest, options: BuildOptions & { readonly signal: AbortSignal }): Promise<BuildOutcome> {
    options.signal.throwIfAborted();
    this.#check(request);
    const user = this.#users?.take();
    const folder = this.#folders.make(user);
    try {
      return await this.#buildIn(request, folder, user, options);
    } finally {
      await this.#folders.clear(folder, user);
      if (user !== undefined) this.#users!.give(user);
    }
  }

  async #buildIn(request: BuildRequest, folder: string, user: number | undefined, options: BuildOptions): Promise<BuildOutcome> {
    const backend = request.unsandboxed ? this.#outside()! : this.#backend;
    const prepared = await prepareBuild(request, { folders: this.#folders, inputs: this.#inputs, user, folder }, options);
    const launch = await backend.launch(prepared);
    try {
      const ended = await runBuild(prepared, launch, this.#pipes, options);
      const outputs = await takeOutputs(request, prepared.scratch, this.#store.castore!, options);
      return { outputs, ...ended };
    } catch (error) {
      if (error instanceof BuildError && error.code !== 'sandbox' && options.onKept) options.onKept(keep(prepared, options));
      throw error;
    }
  }

  /** What runs builds outside the sandbox. */
  #outside(): Backend | undefined {
    this.#left ??= this.#unsandboxed?.();
    return this.#left;
  }

  #check({ constraints, features: wanted, command, unsandboxed }: BuildRequest): void {
    if (!this.#systems.includes(constraints.system)) {
      throw new BuildError('unsupported', `this machine builds for ${this.#systems.join(', ')}, not for '${constraints.system}'`);
    }
    const missing = wanted.filter((feature) => !this.#features.includes(feature));
    if (missing.length > 0) throw new BuildError('unsupported', `this machine lacks the features ${missing.join(', ')}`);
    if (command.length === 0) throw new BuildError('invalid', 'the build has no command');
    if (unsandboxed && !this.#outside()) throw new BuildError('unsupported', `'${this.url}' runs no builds outside its sandbox`);
    if (!this.#store.castore) throw new BuildError('unsupported', `the store '${this.#store.url}' has no castore for outputs`);
  }

  async close(_options?: CallOptions): Promise<void> {
    this.#closing.abort(new BuildError('unavailable', 'the builder was closed'));
    await Promise.allSettled([...this.#running]);
    await this.#backend.close?.();
    await this.#left?.close?.();
    this.#users?.close();
    await this.#folders.close();
  }
}

let known: readonly string[] | undefined;

function machineFeatures(): readonly string[] {
  known ??= hasKvm() ? [...plainFeatures, 'kvm'] : plainFeatures;
  return known;
}

function hasKvm(): boolean {
  try {
    fs.accessSync('/dev/kvm', fs.constants.R_OK | fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Moves the build's own folder away, to be looked at: the first free of `PREFIX-0`, `PREFIX-1`, … */
function keep({ scratch }: Prepared, { keepAt = path.join(os.tmpdir(), 'nix-build') }: BuildOptions): string {
  const { place } = scratch.find((each) => each.path === 'build') ?? scratch[0]!;
  for (let i = 0; ; i++) {
    const kept = `${keepAt}-${i}`;
    if (fs.existsSync(kept)) continue;
    try {
      fs.renameSync(place, kept);
      return kept;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
      fs.cpSync(place, kept, { recursive: true, verbatimSymlinks: true });
      return kept;
    }
  }
}
