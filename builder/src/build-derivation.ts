/** Builds one derivation whose inputs are valid: plan, build, check, register. */
import { type CallOptions, type Castore, type PathInfo, type Realisation, type Store, unsupported } from '@vixen/store';
import { StorePathError } from '@vixen/wasm';
import type { BuildDerivationOptions, BuiltDerivation, BuiltOutput, DerivationToBuild } from './build.ts';
import { BuildError } from './errors.ts';
import { checkOutputs, type FinalOutput } from './outputs/checks.ts';
import { compareOutputs } from './outputs/compare.ts';
import { placedFailure } from './outputs/failure.ts';
import { finishOutputs } from './outputs/finish.ts';
import { LogKeeper } from './outputs/log.ts';
import { takeOutputs } from './outputs/take.ts';
import { checkOutputPaths, derivationHashes } from './plan/invariants.ts';
import { type BuildPlan, planBuild, type ResolvedDerivation } from './plan/plan.ts';
import { isBuiltin, requireCapable } from './plan/requirements.ts';
import { resolveDerivation } from './plan/resolve.ts';
import type { BuildOutcome } from './service.ts';

/**
 * Builds outputs that are not valid, registers them all at once, and answers where outputs are. All inputs have to be valid in the store. Fails with
 * `BuildError`, then nothing was registered, but for a fixed output with another hash, under the path of that; the log is kept in either case.
 */
export async function buildDerivation(given: DerivationToBuild, options: BuildDerivationOptions): Promise<BuiltDerivation> {
  try {
    return await new DerivationBuild(given, options).run();
  } catch (cause) {
    // Names that no store object can have.
    if (cause instanceof StorePathError) throw new BuildError('invalid', cause.message, { cause });
    throw cause;
  }
}

/** What is known of an output before the build. */
interface InitialOutput {
  readonly path: string;
  readonly valid: boolean;
}

type InitialOutputs = ReadonlyMap<string, InitialOutput>;

class DerivationBuild {
  readonly #given: DerivationToBuild;
  readonly #options: BuildDerivationOptions;
  readonly #store: Store;
  readonly #castore: Castore;
  readonly #call: CallOptions;

  constructor(given: DerivationToBuild, options: BuildDerivationOptions) {
    this.#given = given;
    this.#options = options;
    this.#store = options.store;
    this.#castore = castoreOf(options.store);
    this.#call = { signal: options.signal };
  }

  async run(): Promise<BuiltDerivation> {
    const { mode = 'normal' } = this.#options;
    if (!this.#given.checked) await checkOutputPaths(this.#given, this.#store, this.#call);
    const resolved = await resolveDerivation(this.#given, this.#store, this.#call);
    const initial = await this.#initialOutputs(resolved);
    const allValid = [...resolved.derivation.outputs.keys()].every((name) => initial.get(name)?.valid);
    if (mode === 'check' && !allValid) {
      throw new BuildError('invalid', `some outputs of '${this.#given.drvPath}' are not valid, so checking is not possible`);
    }
    if (mode === 'normal' && allValid && resolved.kind !== 'impure') return this.#alreadyBuilt(resolved, initial);
    const plan = await this.#plan(resolved, initial);
    const log = new LogKeeper(this.#store.logs, this.#given.drvPath, this.#options.onLog);
    try {
      return await this.#buildAndTake(plan, initial, log);
    } finally {
      // It is stored while outputs are looked at.
      const failure = await log.stored();
      if (failure !== undefined) this.#options.warn?.(`cannot keep the log of '${this.#given.drvPath}': ${String(failure)}`);
    }
  }

  async #buildAndTake(plan: BuildPlan, initial: InitialOutputs, log: LogKeeper): Promise<BuiltDerivation> {
    const { mode } = this.#options;
    // What the builder makes again would be taken for what is there.
    const damaged = [...initial.values()].flatMap(({ path, valid }) => (valid ? [path] : []));
    if (mode === 'repair') await this.#store.forgetDamaged?.(damaged, this.#call);
    const outcome = await this.#build(plan, log);
    const outputs =
      mode === 'check' ? await this.#check(plan, outcome, initial) : await this.#register(plan, outcome, initial, mode === 'repair');
    return { outputs, started: outcome.started, ended: outcome.ended };
  }

  async #initialOutputs({ derivation, drvPath, kind }: ResolvedDerivation): Promise<InitialOutputs> {
    const paths = new Map<string, string>();
    for (const [name, output] of derivation.outputs) if ('path' in output) paths.set(name, output.path);
    if (kind === 'floating') await this.#findRealised({ drvPath, derivation }, paths);
    const valid = await this.#store.pathInfos([...paths.values()], this.#call);
    return new Map([...paths].map(([name, path]) => [name, { path, valid: valid.has(path) }]));
  }

  async #findRealised({ derivation }: DerivationToBuild, paths: Map<string, string>): Promise<void> {
    const { realisations } = this.#store;
    if (!realisations) return;
    for (const [name, hash] of await derivationHashes(derivation, this.#store, this.#call)) {
      const realisation = await realisations.get(`sha256:${hash}!${name}`, this.#call);
      if (realisation) paths.set(name, realisation.outPath);
    }
  }

  async #alreadyBuilt(resolved: ResolvedDerivation, initial: InitialOutputs): Promise<BuiltDerivation> {
    const now = Date.now();
    const paths = new Map([...initial].map(([name, { path }]) => [name, path]));
    return { outputs: await this.#realise(resolved, paths), started: now, ended: now };
  }

  async #plan(resolved: ResolvedDerivation, initial: InitialOutputs): Promise<BuildPlan> {
    await requireCapable(this.#given.drvPath, resolved, this.#options.builder, this.#call);
    const knownOutputs = new Map([...initial].map(([name, { path }]) => [name, path]));
    const kept = new Set(this.#kept(initial).keys());
    return planBuild(resolved, { store: this.#store, settings: this.#options.settings, knownOutputs, kept, ...this.#call });
  }

  /** Outputs that are valid, and stay. */
  #kept(initial: InitialOutputs): ReadonlyMap<string, string> {
    if ((this.#options.mode ?? 'normal') !== 'normal') return new Map();
    return new Map([...initial].flatMap(([name, { path, valid }]) => (valid ? [[name, path] as const] : [])));
  }

  async #build(plan: BuildPlan, log: LogKeeper): Promise<BuildOutcome> {
    const { builder, onKept } = this.#options;
    try {
      const take = (bytes: Uint8Array) => log.take(bytes);
      if (isBuiltin(plan.derivation.builder)) return await this.#runBuiltin(plan, take);
      return await builder.build(plan.request, { ...this.#call, onLog: take, ...(onKept ? { onKept } : {}) });
    } catch (error) {
      throw placedFailure(error, this.#given.drvPath, plan);
    } finally {
      log.end();
    }
  }

  async #runBuiltin(plan: BuildPlan, onLog: (bytes: Uint8Array) => void | Promise<void>): Promise<BuildOutcome> {
    const { runBuiltin } = await import('./builtins/run.ts');
    const { settings, store } = this.#options;
    return runBuiltin(plan, { castore: this.#castore, directory: store.directory, settings, onLog, ...this.#call });
  }

  /** What is to be registered, checked. */
  async #finish(plan: BuildPlan, outcome: BuildOutcome, kept: ReadonlyMap<string, string>): Promise<FinalOutput[]> {
    const options = { castore: this.#castore, ...this.#call };
    const trusted = !isBuiltin(plan.derivation.builder) && (this.#options.trusted ?? true);
    const left = await takeOutputs(plan, outcome, { ...options, trusted });
    const finals = await finishOutputs(plan, left, { ...options, directory: this.#store.directory, kept });
    const { derivation, options: asked } = plan;
    const build = { store: this.#store, drvPath: this.#given.drvPath, derivation, outputChecks: asked.outputChecks, ...this.#call };
    await checkOutputs(build, finals).catch((error: unknown) => this.#keepOther(error, finals));
    return finals;
  }

  /**
   * What has another hash than its derivation says is a fixed output all the same, of the derivation that the user will write next: it is kept under the path of that
   * (libstore/build/derivation-builder.cc, "Throw an error after registering the path").
   */
  async #keepOther(error: unknown, finals: readonly FinalOutput[]): Promise<never> {
    const infos = finals.map(({ info }) => info);
    const isOther =
      error instanceof BuildError && error.code === 'hash-mismatch' && infos.every(({ references }) => references.length === 0);
    if (isOther && (this.#options.mode ?? 'normal') === 'normal') {
      await this.#store.register!(infos, { ...this.#call, checkSignatures: false });
    }
    throw error;
  }

  async #check(plan: BuildPlan, outcome: BuildOutcome, initial: InitialOutputs): Promise<Map<string, BuiltOutput>> {
    const finals = await this.#finish(plan, outcome, new Map());
    const paths = new Map([...initial].map(([name, { path }]) => [name, path]));
    const known = await this.#store.pathInfos([...paths.values()], this.#call);
    compareOutputs(this.#given.drvPath, finals, new Map([...paths].map(([name, path]) => [name, known.get(path)])));
    return new Map([...paths].map(([name, path]) => [name, { path }]));
  }

  async #register(plan: BuildPlan, outcome: BuildOutcome, initial: InitialOutputs, repair: boolean): Promise<Map<string, BuiltOutput>> {
    const kept = this.#kept(initial);
    const finals = await this.#finish(plan, outcome, kept);
    const infos = new Map<string, PathInfo>(finals.map(({ info }) => [info.path, info]));
    await this.#store.register!([...infos.values()], { ...this.#call, repair, checkSignatures: false });
    const paths = new Map([...kept, ...finals.map(({ name, info }) => [name, info.path] as const)]);
    return this.#realise(plan, paths);
  }

  /** Makes known which outputs these paths are of, where the derivation does not say it. */
  async #realise(resolved: ResolvedDerivation, paths: ReadonlyMap<string, string>): Promise<Map<string, BuiltOutput>> {
    const { derivation } = this.#given;
    const isSaid = [...derivation.outputs.values()].every((output) => 'path' in output);
    if (isSaid || resolved.kind === 'impure') return new Map([...paths].map(([name, path]) => [name, { path }]));
    const found = new Map<string, BuiltOutput>();
    const named: Realisation[] = [];
    const derivations = resolved.derivation === derivation ? [derivation] : [resolved.derivation, derivation];
    for (const each of derivations) {
      for (const [name, hash] of await derivationHashes(each, this.#store, this.#call)) {
        const path = paths.get(name)!;
        const realisation = { id: `sha256:${hash}!${name}`, outPath: path, signatures: [], dependentRealisations: {} };
        named.push(realisation);
        found.set(name, { path, realisation });
      }
    }
    const { realisations } = this.#store;
    await Promise.all(named.map((realisation) => realisations?.put(realisation, { ...this.#call, checkSignatures: false })));
    return found;
  }
}

function castoreOf(store: Store): Castore {
  if (store.castore && store.register) return store.castore;
  throw unsupported(store.url, 'builds: it has no castore');
}
