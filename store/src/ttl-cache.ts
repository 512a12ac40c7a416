/** What was found lately, and what was not. */
export interface TtlCacheOptions {
  /** Entries; what was used longest ago goes first. */
  readonly limit: number;
  /** Milliseconds that something found is kept. */
  readonly positive: number;
  /** Milliseconds that something missing is kept. */
  readonly negative: number;
  readonly now?: () => number;
}

interface Entry<V> {
  readonly value: V | undefined;
  readonly until: number;
}

export class TtlCache<K, V> {
  readonly #entries = new Map<K, Entry<V>>();
  readonly #options: TtlCacheOptions;
  readonly #now: () => number;

  constructor(options: TtlCacheOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** The entry: its value is undefined for what is known to be missing. */
  get(key: K): { readonly value: V | undefined } | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    if (entry.until <= this.#now()) return undefined;
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: K, value: V | undefined): void {
    const { limit, positive, negative } = this.#options;
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: this.#now() + (value === undefined ? negative : positive) });
    if (this.#entries.size > limit) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
