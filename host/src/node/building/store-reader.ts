// What the coordinator asks about a store. Questions that come at the same time are one call.

import { derivationOptions } from '@vixen/builder/options';
import { realisedOutputs, type Store, storedDerivation } from '@vixen/store';
import type { Derivation } from '@vixen/store/formats';
import type { DerivationFacts } from '../../core/coordinator/events.ts';

interface Question {
  readonly path: string;
  /** Whether it is to be kept from the collector before anybody looks. */
  readonly keep: boolean;
  readonly answer: (valid: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** Paths a call. */
const batch = 2000;

export class DynamicDerivation extends Error {
  override readonly name = 'DynamicDerivation';
  readonly code = 'VIXEN_UNSUPPORTED';
}

export class StoreReader {
  readonly #store: Store;
  readonly #alwaysSubstitute: boolean;
  #questions: Question[] = [];
  readonly #kept = new Set<string>();
  readonly #derivations = new Map<string, Promise<Derivation>>();

  constructor(store: Store, alwaysSubstitute: boolean) {
    this.#store = store;
    this.#alwaysSubstitute = alwaysSubstitute;
  }

  /** Whether the path is valid; it is kept from the collector before that is looked at. */
  isValid(path: string): Promise<boolean> {
    return this.#question(path, true);
  }

  /** Whether it is valid, for who only wants to know. */
  wasValid(path: string): Promise<boolean> {
    return this.#question(path, false);
  }

  /** Keeps paths from the collector, valid or not. */
  async keep(paths: readonly string[]): Promise<void> {
    const fresh = paths.filter((path) => !this.#kept.has(path));
    if (fresh.length > 0) await this.#store.collector?.addTemporaryRoots(fresh);
    for (const path of fresh) this.#kept.add(path);
  }

  #question(path: string, keep: boolean): Promise<boolean> {
    return new Promise((answer, fail) => {
      if (this.#questions.length === 0) queueMicrotask(() => void this.#ask());
      this.#questions.push({ path, keep, answer, fail });
    });
  }

  async #ask() {
    const questions = this.#questions;
    this.#questions = [];
    for (let at = 0; at < questions.length; at += batch) await this.#askSome(questions.slice(at, at + batch));
  }

  async #askSome(questions: readonly Question[]) {
    try {
      const paths = questions.map(({ path }) => path);
      await this.keep(questions.flatMap(({ path, keep }) => (keep ? [path] : [])));
      const infos = await this.#store.pathInfos(paths);
      for (const { path, answer } of questions) answer(infos.has(path));
    } catch (error) {
      for (const { fail } of questions) fail(error);
    }
  }

  derivation(drvPath: string): Promise<Derivation> {
    const known = this.#derivations.get(drvPath);
    if (known) return known;
    const read = storedDerivation(this.#store, drvPath, {});
    this.#derivations.set(drvPath, read);
    read.catch(() => this.#derivations.delete(drvPath));
    return read;
  }

  /** Undefined where the `.drv` is not valid. It is read before it is kept, so that it and its outputs are kept by one write. */
  facts(drvPath: string): Promise<DerivationFacts | undefined> {
    return this.#facts(drvPath, true);
  }

  /** The same for who only wants to know. */
  glance(drvPath: string): Promise<DerivationFacts | undefined> {
    return this.#facts(drvPath, false);
  }

  async #facts(drvPath: string, keep: boolean): Promise<DerivationFacts | undefined> {
    if (!(await this.wasValid(drvPath))) return undefined;
    const derivation = await this.derivation(drvPath).catch((error: unknown) => ({ error }));
    if (!('error' in derivation)) return this.#factsOf(drvPath, derivation, keep);
    // The collector may just have removed it.
    if (await this.wasValid(drvPath)) throw derivation.error;
    return undefined;
  }

  async #factsOf(drvPath: string, derivation: Derivation, keep: boolean): Promise<DerivationFacts | undefined> {
    const types = [...derivation.outputs.values()].map(({ type }) => type);
    const impure = types.includes('impure');
    const paths = await this.#outputPaths(drvPath, derivation, impure);
    const look = async ([name, path]: [string, string | undefined]) =>
      [name, { path, valid: path !== undefined && (await this.#question(path, keep)) }] as const;
    const [isValid, ...looked] = await Promise.all([this.#question(drvPath, keep), ...[...paths].map(look)]);
    if (!isValid) return undefined;
    const outputs = new Map(looked);
    const options = derivationOptions(derivation);
    return {
      outputs,
      inputs: [...derivation.inputDerivations].map(([path, input]) => {
        if (input.dynamic && input.dynamic.size > 0) {
          throw new DynamicDerivation(
            `'${drvPath}' depends on outputs of derivations that are themselves outputs (dynamic derivations), which Vixen does not build`,
          );
        }
        return { drvPath: path, outputs: input.outputs };
      }),
      sources: derivation.inputSources,
      substitutable: this.#alwaysSubstitute || options.allowSubstitutes,
      impure,
      system: derivation.system,
      features: options.requiredSystemFeatures,
      preferLocal: options.preferLocalBuild,
      anywhere: derivation.builder.startsWith('builtin:'),
    };
  }

  async #outputPaths(drvPath: string, { outputs }: Derivation, impure: boolean): Promise<Map<string, string | undefined>> {
    const said = new Map([...outputs].map(([name, output]) => [name, 'path' in output ? output.path : undefined]));
    if (impure || ![...said.values()].includes(undefined)) return said;
    return new Map((await realisedOutputs(this.#store, drvPath, '*')).map(({ name, path }) => [name, path]));
  }
}
