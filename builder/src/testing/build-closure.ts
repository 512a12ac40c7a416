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
    for (const input of derivation.inputDerivations.keys()) await this.build(input);
    return buildDerivation({ drvPath, derivation }, this.#options);
  }
}
