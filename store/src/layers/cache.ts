/** Remembers what a store said of paths, also that it does not have them. What is written through it is forgotten. */
import { hashPartOf } from '../formats/store-path.ts';
import type { PathInfo } from '../path-info.ts';
import type { AddOptions, Bytes, CallOptions, CollectorService, Store } from '../service.ts';
import { TtlCache, type TtlCacheOptions } from '../ttl-cache.ts';
import { ForwardingStore } from './forward.ts';

const defaults: TtlCacheOptions = { limit: 65_536, positive: 3600_000, negative: 10_000 };

class CachingStore extends ForwardingStore {
  readonly #infos: TtlCache<string, PathInfo>;
  readonly #names: TtlCache<string, string>;

  constructor(inner: Store, options: TtlCacheOptions) {
    super(inner);
    this.#infos = new TtlCache(options);
    this.#names = new TtlCache(options);
  }

  override async pathInfo(path: string, options?: CallOptions): Promise<PathInfo | undefined> {
    return (await this.pathInfos([path], options)).get(path);
  }

  override async pathInfos(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>> {
    const infos = new Map<string, PathInfo>();
    const unknown: string[] = [];
    for (const path of paths) {
      const known = this.#infos.get(path);
      if (!known) unknown.push(path);
      else if (known.value) infos.set(path, known.value);
    }
    if (unknown.length === 0) return infos;
    const found = await super.pathInfos(unknown, options);
    for (const path of unknown) {
      const info = found.get(path);
      this.#infos.set(path, info);
      if (info) infos.set(path, info);
    }
    return infos;
  }

  override async pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined> {
    const known = this.#names.get(hashPart);
    if (known) return known.value;
    const path = await super.pathFromHashPart(hashPart, options);
    this.#names.set(hashPart, path);
    return path;
  }

  #forget(path: string): void {
    this.#infos.delete(path);
    this.#names.delete(hashPartOf(path, this.directory));
  }

  override async add(info: PathInfo, nar: Bytes, options?: AddOptions): Promise<void> {
    try {
      await super.add(info, nar, options);
    } finally {
      this.#forget(info.path);
    }
  }

  protected override async forwardRegister(infos: readonly PathInfo[], options?: AddOptions): Promise<void> {
    try {
      await super.forwardRegister(infos, options);
    } finally {
      for (const { path } of infos) this.#forget(path);
    }
  }

  override get collector(): CollectorService | undefined {
    const { collector } = this.inner;
    return (
      collector && {
        roots: (options) => collector.roots(options),
        addIndirectRoot: (link, options) => collector.addIndirectRoot(link, options),
        addTemporaryRoots: (paths, options) => collector.addTemporaryRoots(paths, options),
        collect: async (options) => {
          try {
            return await collector.collect(options);
          } finally {
            this.#infos.clear();
            this.#names.clear();
          }
        },
      }
    );
  }

  override async addSignatures(path: string, signatures: readonly string[], options?: CallOptions): Promise<void> {
    try {
      await super.addSignatures(path, signatures, options);
    } finally {
      this.#forget(path);
    }
  }
}

export const caching = (inner: Store, options: Partial<TtlCacheOptions> = {}): Store =>
  new CachingStore(inner, { ...defaults, ...options });
