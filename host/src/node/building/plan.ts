// What would have to be done (libstore/misc.cc, queryMissing).
import type { DerivedPath } from '@vixen/store/formats';
import type { DerivationFacts } from '../../core/coordinator/events.ts';
import type { StoreReader } from './store-reader.ts';
import type { Substituters } from './substituters.ts';
import type { RealisePlan } from './types.ts';

type Wanted = { readonly path: string } | { readonly drvPath: string; readonly outputs: readonly string[] | '*' };

export class Planner {
  readonly #reader: StoreReader;
  readonly #substituters: Substituters;
  readonly #signal: AbortSignal | undefined;
  readonly #seen = new Set<string>();
  readonly #builds = new Map<string, readonly string[]>();
  readonly #substitutes = new Set<string>();
  readonly #unknown = new Set<string>();
  readonly #looked: string[] = [];
  #downloadSize = 0;
  #narSize = 0;

  constructor(reader: StoreReader, substituters: Substituters, signal?: AbortSignal) {
    this.#reader = reader;
    this.#substituters = substituters;
    this.#signal = signal;
  }

  /** What was looked at is kept from the collector afterwards, by one write: most often it is realised next. */
  async plan(paths: readonly DerivedPath[]): Promise<RealisePlan> {
    let level = paths.flatMap((path): Wanted[] => {
      if ('path' in path) return [path];
      return typeof path.drvPath === 'string' ? [{ drvPath: path.drvPath, outputs: path.outputs }] : [];
    });
    while (level.length > 0) {
      this.#signal?.throwIfAborted();
      const fresh = level.filter((wanted) => this.#isFresh(wanted));
      level = (await Promise.all(fresh.map((wanted) => this.#look(wanted)))).flat();
    }
    await this.#reader.keep(this.#looked);
    return {
      willBuild: this.#buildOrder(),
      willSubstitute: [...this.#substitutes].sort(),
      unknown: [...this.#unknown].sort(),
      downloadSize: this.#downloadSize,
      narSize: this.#narSize,
    };
  }

  #isFresh(wanted: Wanted): boolean {
    const key = 'path' in wanted ? wanted.path : `${wanted.drvPath}!${wanted.outputs === '*' ? '*' : wanted.outputs.join()}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #look(wanted: Wanted): Promise<Wanted[]> {
    return 'path' in wanted ? this.#lookAtPath(wanted.path) : this.#lookAtDerivation(wanted.drvPath, wanted.outputs);
  }

  async #lookAtPath(path: string): Promise<Wanted[]> {
    this.#looked.push(path);
    if (await this.#reader.wasValid(path)) return [];
    const offer = await this.#substituters.firstOffer(path, this.#signal);
    if (!offer) {
      this.#unknown.add(path);
      return [];
    }
    this.#substitutes.add(path);
    this.#downloadSize += offer.downloadSize;
    this.#narSize += offer.narSize;
    return offer.references.map((reference) => ({ path: reference }));
  }

  async #lookAtDerivation(drvPath: string, outputs: readonly string[] | '*'): Promise<Wanted[]> {
    const facts = await this.#reader.glance(drvPath);
    // It would have to be fetched before more can be said.
    if (!facts) return [{ path: drvPath }];
    this.#looked.push(drvPath, ...[...facts.outputs.values()].flatMap(({ path }) => (path === undefined ? [] : [path])));
    const names = outputs === '*' ? [...facts.outputs.keys()] : outputs;
    const missing = names
      .map((name) => facts.outputs.get(name))
      .filter((output) => output !== undefined && (facts.impure || !output.valid));
    if (missing.length === 0) return [];
    const paths = missing.map((output) => output!.path);
    if (await this.#areOffered(facts, paths)) return paths.map((path) => ({ path: path! }));
    this.#builds.set(
      drvPath,
      facts.inputs.map((input) => input.drvPath),
    );
    return [...facts.inputs, ...facts.sources.map((path) => ({ path }))];
  }

  async #areOffered(facts: DerivationFacts, paths: readonly (string | undefined)[]): Promise<boolean> {
    if (facts.impure || !facts.substitutable || this.#substituters.count === 0) return false;
    const offers = await Promise.all(
      paths.map((path) => (path === undefined ? undefined : this.#substituters.firstOffer(path, this.#signal))),
    );
    return offers.every((offer) => offer !== undefined);
  }

  /** Each after all that it needs. */
  #buildOrder(): string[] {
    const order: string[] = [];
    const seen = new Set<string>();
    const stack = [...this.#builds.keys()]
      .sort()
      .reverse()
      .map((path) => ({ path, leave: false }));
    for (let next = stack.pop(); next; next = stack.pop()) {
      if (next.leave) order.push(next.path);
      if (next.leave || seen.has(next.path)) continue;
      seen.add(next.path);
      stack.push({ path: next.path, leave: true });
      for (const input of this.#builds.get(next.path)!) if (this.#builds.has(input)) stack.push({ path: input, leave: false });
    }
    return order;
  }
}
