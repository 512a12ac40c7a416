/** Builds derivations after those that they need: the least that a coordinator does. */
import { type Store, storedDerivation } from '@vixen/store';
import type { BuildDerivationOptions, BuiltDerivation } from '../build.ts';
import { buildDerivation } from '../build-derivation.ts';

export class ClosureBuilder {
  readonly #store: Store;
  readonly #options: BuildDerivationOptions;
  readonly #built = new Map<string, Promise<BuiltDerivation>>();

  constructor(options: BuildDerivationOptions) {
    this.#store = options.store;
    this.#options = options;
  }

  build(drvPath: string): Promise<BuiltDerivation> {
    const known = this.#built.get(drvPath);
    if (known) return known;
    const building = this.#build(drvPath);
    this.#built.set(drvPath, building);
    return building;
  }

  async #build(drvPath: string): Promise<BuiltDerivation> {
    const derivation = await storedDerivation(this.#store, drvPath, {});
    const inputOutputs = new Map<string, Map<string, string>>();
    for (const input of derivation.inputDerivations.keys()) {
      const { outputs } = await this.build(input);
      // As a coordinator does: of impure derivations only who has built them knows.
      inputOutputs.set(input, new Map([...outputs].map(([name, { path }]) => [name, path])));
    }
    return buildDerivation({ drvPath, derivation, inputOutputs }, this.#options);
  }
}
