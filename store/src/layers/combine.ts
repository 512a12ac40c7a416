/**
 * Several stores as one: the near one is asked first, then the far ones in their order. Writes go to the near one, and what is read from a far one is
 * kept in the near one, with all that it refers to.
 */
import { copyPaths } from '../copy.ts';
import { notValid, StoreError } from '../errors.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions, LogService, NarOptions, RealisationService, Store } from '../service.ts';
import { ForwardingStore } from './forward.ts';

export interface CombineOptions {
  /** Keep in the near store what is read from others; true. */
  readonly writeBack?: boolean;
  /** Whether the near store checks signatures of what it keeps; true. */
  readonly checkSignatures?: boolean;
  /** Hears of a far store that failed; the next one is asked. Without it failures of far stores are failures. */
  readonly onFailure?: (store: Store, error: unknown) => void;
}

class CombinedStore extends ForwardingStore {
  readonly #far: readonly Store[];
  readonly #options: CombineOptions;
  /** Paths that are being brought near. */
  readonly #bringing = new Map<string, Promise<boolean>>();

  constructor(near: Store, far: readonly Store[], options: CombineOptions) {
    super(near);
    this.#far = [...far].sort((a, b) => a.priority - b.priority);
    this.#options = options;
  }

  /** What the first far store that knows answers. */
  async #ask<T>(question: (store: Store) => Promise<T | undefined> | undefined): Promise<T | undefined> {
    for (const store of this.#far) {
      const answer = await this.#tolerant(store, () => question(store));
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  async #tolerant<T>(store: Store, ask: () => Promise<T | undefined> | undefined): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (!this.#options.onFailure || !(error instanceof StoreError)) throw error;
      this.#options.onFailure(store, error);
      return undefined;
    }
  }

  override async pathInfo(path: string, options?: CallOptions): Promise<PathInfo | undefined> {
    return (await super.pathInfo(path, options)) ?? this.#ask((store) => store.pathInfo(path, options));
  }

  override async pathInfos(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>> {
    const infos = new Map(await super.pathInfos(paths, options));
    for (const store of this.#far) {
      const missing = paths.filter((path) => !infos.has(path));
      if (missing.length === 0) break;
      const found = await this.#tolerant(store, () => store.pathInfos(missing, options));
      for (const [path, info] of found ?? []) infos.set(path, info);
    }
    return infos;
  }

  override async pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined> {
    return (await super.pathFromHashPart(hashPart, options)) ?? this.#ask((store) => store.pathFromHashPart(hashPart, options));
  }

  override async *nar(path: string, options: NarOptions = {}): AsyncGenerator<Uint8Array, void, void> {
    const near = (await super.pathInfo(path, options)) !== undefined;
    if (near || (await this.#bringNear(path, options))) {
      yield* super.nar(path, options);
      return;
    }
    const holder = await this.#ask(async (store) => ((await store.pathInfo(path, options)) ? store : undefined));
    if (!holder) throw notValid(path);
    yield* holder.nar(path, options);
  }

  /** Copies a path's closure here; whether it could. Two who want the same path wait for one copy. */
  async #bringNear(path: string, options: CallOptions): Promise<boolean> {
    if (this.#options.writeBack === false) return false;
    let bringing = this.#bringing.get(path);
    if (!bringing) {
      bringing = this.#copyHere(path, options).finally(() => this.#bringing.delete(path));
      this.#bringing.set(path, bringing);
    }
    return bringing;
  }

  async #copyHere(path: string, options: CallOptions): Promise<boolean> {
    try {
      // The closure may lie in several stores.
      await copyPaths(new FarStores(this, this.#far), this.inner, [path], {
        ...options,
        checkSignatures: this.#options.checkSignatures ?? true,
      });
      return true;
    } catch (error) {
      // A near store that cannot be written to is no reason not to read.
      if (error instanceof StoreError && (error.code === 'forbidden' || error.code === 'unsupported')) return false;
      throw error;
    }
  }

  override get realisations(): RealisationService | undefined {
    const { realisations } = this.inner;
    return (
      realisations && {
        get: async (id, options) => (await realisations.get(id, options)) ?? this.#ask((store) => store.realisations?.get(id, options)),
        put: (realisation, options) => realisations.put(realisation, options),
      }
    );
  }

  override get logs(): LogService | undefined {
    const { logs } = this.inner;
    return (
      logs && {
        get: async (drvPath, options) => (await logs.get(drvPath, options)) ?? this.#ask((store) => store.logs?.get(drvPath, options)),
        put: (drvPath, log, options) => logs.put(drvPath, log, options),
      }
    );
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), ...this.#far.map((store) => store.close())]);
  }
}

/** The far stores as the source of a copy: what is known of paths from all, an archive from the first that has it. */
class FarStores extends ForwardingStore {
  readonly #far: readonly Store[];

  constructor(all: Store, far: readonly Store[]) {
    super(all);
    this.#far = far;
  }

  override get castore() {
    return undefined;
  }

  override async *nar(path: string, options?: NarOptions): AsyncGenerator<Uint8Array, void, void> {
    for (const store of this.#far) {
      if (!(await store.pathInfo(path, options))) continue;
      yield* store.nar(path, options);
      return;
    }
    throw notValid(path);
  }
}

export const combined = (near: Store, far: readonly Store[], options: CombineOptions = {}): Store => new CombinedStore(near, far, options);
