// Fetching where there is no network to be used: what can be said without one is said as Nix says it, all else is refused.
import { ErrorCode } from '@vixen/eval-core';
import { type Fetching, HostError } from '../io.ts';
import { flakeRefFromAttributes, flakeRefToAttributes, parseFlakeRef, printFlakeRef } from './flake-ref.ts';
import { type Attributes, q, SchemeSet, sortKeys, stringAttr } from './input.ts';
import { allSchemes } from './schemes.ts';

export interface OfflineOptions {
  /** Whether an experimental feature is on. */
  feature?: (name: string) => boolean;
  /** What is to be done instead, behind `'URL' cannot be fetched here`. */
  advice?: string;
}

export class OfflineFetching implements Omit<Fetching, 'searchPath'> {
  readonly #options: OfflineOptions;
  readonly #schemes = new SchemeSet(allSchemes, (feature) => this.#check(feature));

  constructor(options: OfflineOptions = {}) {
    this.#options = options;
  }

  #check(feature: string) {
    const { feature: isOn = () => false } = this.#options;
    if (isOn(feature) || (feature === 'fetch-tree' && isOn('flakes'))) return;
    const message = `experimental Nix feature ${q(feature)} is disabled; add '\x0e--extra-experimental-features ${feature}\x0f' to enable it`;
    throw new HostError(ErrorCode.Feature, message);
  }

  #refuse(what: string): never {
    const { advice } = this.#options;
    throw new HostError(ErrorCode.Restricted, `${q(what)} cannot be fetched here${advice === undefined ? '' : `: ${advice}`}`);
  }

  fetch(fetcher: string, json: string): never {
    const args = JSON.parse(json) as Attributes;
    if (fetcher === 'fetchurl' || fetcher === 'fetchTarball') return this.#refuse(String(args.url));
    if (fetcher === 'fetchClosure') return this.#refuse(String(args.fromPath));
    const attributes =
      args.type === undefined ? this.#schemes.fromUrlText(stringAttr(args, 'url') ?? '') : this.#schemes.fromAttributes(args);
    // As the program has it, without what builtins add.
    return this.#refuse(stringAttr(args, 'url') ?? this.#schemes.print(attributes));
  }

  flake(operation: string, argument: string): string {
    this.#check('flakes');
    if (operation === 'parseFlakeRef') return JSON.stringify(sortKeys(flakeRefToAttributes(parseFlakeRef(this.#schemes, argument))));
    if (operation === 'flakeRefToString') {
      return printFlakeRef(this.#schemes, flakeRefFromAttributes(this.#schemes, JSON.parse(argument) as Attributes));
    }
    return this.#refuse(argument);
  }
}
