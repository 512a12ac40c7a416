/** Where inputs lie as files: as checkouts of the store, or in a cache of the builder's own. */
import fs from 'node:fs';
import path from 'node:path';
import type { CallOptions, Node, Store } from '@vixen/store';
import { checkoutTree } from '@vixen/store/tree';
import { BuildError } from '../errors.ts';
import type { BuildInput } from '../service.ts';

/** So many checkouts are asked for at once. */
const atOnce = 32;

export class InputPlaces {
  readonly #store: Store;
  readonly #cache: string;
  readonly #making = new Map<string, Promise<string>>();

  constructor(store: Store, cache: string) {
    this.#store = store;
    this.#cache = cache;
  }

  /** Places that were found before, by name and node: most builds use what others have used. */
  readonly #known = new Map<string, string>();

  /** A place for each input, in their order. */
  async find(inputs: readonly BuildInput[], options: CallOptions): Promise<string[]> {
    const places: string[] = [];
    for (let at = 0; at < inputs.length; at += atOnce) {
      const part = inputs.slice(at, at + atOnce).map((input) => this.#knownPlace(input) ?? this.#findPlace(input, options));
      places.push(...(part.every((place) => typeof place === 'string') ? part : await Promise.all(part)));
    }
    return places;
  }

  #knownPlace({ name, node }: BuildInput): string | undefined {
    const known = this.#known.get(keyOfInput(name, node));
    // The collector may have removed it.
    return known !== undefined && fs.lstatSync(known, { throwIfNoEntry: false }) ? known : undefined;
  }

  async #findPlace(input: BuildInput, options: CallOptions): Promise<string> {
    const place = await this.#place(input, options);
    this.#known.set(keyOfInput(input.name, input.node), place);
    return place;
  }

  async #place({ name, node }: BuildInput, options: CallOptions): Promise<string> {
    const { checkouts, directory } = this.#store;
    const storePath = `${directory}/${name}`;
    if (checkouts && !node) return await checkouts.checkout(storePath, options);
    const info = await this.#store.pathInfo(storePath, options);
    if (checkouts && info && (!node || sameNode(node, info.node))) return await checkouts.checkout(storePath, options);
    const found = node ?? info?.node;
    if (!found) throw new BuildError('unavailable', `the builder's store does not have '${storePath}'`);
    return await this.#cached(name, found, options);
  }

  #cached(name: string, node: Node, options: CallOptions): Promise<string> {
    const place = path.join(this.#cache, keyOf(node), name);
    const known = this.#making.get(place);
    if (known) return known;
    const making = this.#make(place, node, options);
    this.#making.set(place, making);
    making.catch(() => this.#making.delete(place));
    return making;
  }

  async #make(place: string, node: Node, options: CallOptions): Promise<string> {
    const { castore } = this.#store;
    if (!castore) throw new BuildError('unsupported', `the builder's store '${this.#store.url}' has no castore to take inputs from`);
    fs.mkdirSync(path.dirname(place), { recursive: true, mode: 0o755 });
    await checkoutTree(node, castore, place, options);
    return place;
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const keyOf = (node: Node): string => {
  if (node.type === 'symlink') return `link-${hex(node.target)}`;
  return node.type === 'file' && node.executable ? `${hex(node.digest)}-x` : `${hex(node.digest)}-${node.type}`;
};

const keyOfInput = (name: string, node: Node | undefined): string => (node === undefined ? name : `${keyOf(node)}/${name}`);

function sameNode(a: Node, b: Node | undefined): boolean {
  if (!b || a.type !== b.type) return false;
  if (a.type === 'symlink') return Buffer.compare(a.target, (b as typeof a).target) === 0;
  return keyOf(a) === keyOf(b);
}
