/** Believes a store nothing: paths without a signature of a trusted key are not there, and archives are hashed as they are read. */
import { StoreDir } from '@vixen/wasm';
import { notValid } from '../errors.ts';
import type { PublicKeys } from '../formats/keys.ts';
import { isSignedRealisation } from '../formats/realisation.ts';
import { nativeHashers } from '../hashing.ts';
import { checkedNar } from '../nar-check.ts';
import type { PathInfo } from '../path-info.ts';
import type { CallOptions, NarOptions, RealisationService, Store } from '../service.ts';
import { isTrusted } from '../trust.ts';
import { ForwardingStore } from './forward.ts';

export interface VerifyingOptions {
  readonly keys: PublicKeys;
  /** Hears of paths that are there, but not trusted. */
  readonly onUntrusted?: (path: string) => void;
}

class VerifyingStore extends ForwardingStore {
  readonly #options: VerifyingOptions;
  readonly #directory: StoreDir;

  constructor(inner: Store, options: VerifyingOptions) {
    super(inner);
    this.#options = options;
    this.#directory = new StoreDir(nativeHashers, inner.directory);
  }

  #trusts(info: PathInfo): boolean {
    const trusted = isTrusted(info, this.#options.keys, this.#directory);
    if (!trusted) this.#options.onUntrusted?.(info.path);
    return trusted;
  }

  override async pathInfo(path: string, options?: CallOptions): Promise<PathInfo | undefined> {
    const info = await super.pathInfo(path, options);
    return info && this.#trusts(info) ? info : undefined;
  }

  override async pathInfos(paths: readonly string[], options?: CallOptions): Promise<Map<string, PathInfo>> {
    const infos = await super.pathInfos(paths, options);
    return new Map([...infos].filter(([, info]) => this.#trusts(info)));
  }

  override async pathFromHashPart(hashPart: string, options?: CallOptions): Promise<string | undefined> {
    const path = await super.pathFromHashPart(hashPart, options);
    return path !== undefined && (await this.pathInfo(path, options)) ? path : undefined;
  }

  override async *paths(options?: CallOptions): AsyncGenerator<string, void, void> {
    for await (const path of super.paths(options)) if (await this.pathInfo(path, options)) yield path;
  }

  override async *nar(path: string, options?: NarOptions): AsyncGenerator<Uint8Array, void, void> {
    const info = await this.pathInfo(path, options);
    if (!info) throw notValid(path);
    yield* checkedNar(info, super.nar(path, { ...options, check: false }));
  }

  override get realisations(): RealisationService | undefined {
    const { realisations, directory } = this.inner;
    return (
      realisations && {
        get: async (id, options) => {
          const found = await realisations.get(id, options);
          return found && isSignedRealisation(found, this.#options.keys, directory) ? found : undefined;
        },
        put: (realisation, options) => realisations.put(realisation, options),
      }
    );
  }

  // Contents go around the check of archives.
  override get castore() {
    return undefined;
  }
}

export const verifying = (inner: Store, options: VerifyingOptions): Store => new VerifyingStore(inner, options);
