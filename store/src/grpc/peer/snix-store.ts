/** A store behind a server that speaks Snix's services alone: archives are taken apart and put together here, over its castore. */
import { PathInfoServiceDefinition } from '@vixen/proto/store';
import { nix32 } from '@vixen/wasm';
import type { PathTable } from '../../castore/path-table.ts';
import { CastoreStore, type Trust } from '../../castore/store.ts';
import { notValid, StoreError, unsupported } from '../../errors.ts';
import { normalSignatures } from '../../formats/signature.ts';
import { hashPartOf, isHashPart } from '../../formats/store-path.ts';
import type { PathInfo } from '../../path-info.ts';
import type { CallOptions } from '../../service.ts';
import { type Callers, callers, type Peer } from '../client.ts';
import { optional, resumed, retried } from '../retry.ts';
import { pathInfoOfSnix, snixPathInfo } from '../snix-path-info.ts';
import { mapLimited } from './limit.ts';
import { snixCastore } from './snix-castore.ts';

const callsAtOnce = 32;
const directory = '/nix/store';

export function snixStore(peer: Peer, trust: Trust): CastoreStore {
  const close = async () => peer.client.close();
  return new CastoreStore({ url: peer.url, directory, castore: snixCastore(peer), table: new SnixPathTable(peer), trust, close });
}

class SnixPathTable implements PathTable {
  readonly #url: string;
  readonly #service: Callers<typeof PathInfoServiceDefinition>;

  constructor(peer: Peer) {
    this.#url = peer.url;
    this.#service = callers(peer, PathInfoServiceDefinition);
  }

  async get(paths: readonly string[], options: CallOptions = {}): Promise<Map<string, PathInfo>> {
    const infos = await mapLimited([...new Set(paths)], callsAtOnce, async (path) => {
      const info = await this.#find(hashPartOf(path, directory), options);
      return info?.path === path ? info : undefined;
    });
    return new Map(infos.flatMap((info) => (info ? [[info.path, info] as const] : [])));
  }

  async #find(hashPart: string, options: CallOptions): Promise<PathInfo | undefined> {
    const byOutputHash = nix32.decode(hashPart)!;
    const ask = () => this.#service.get({ byWhat: { $case: 'byOutputHash', value: byOutputHash } }, options);
    const message = await optional(retried(ask, options));
    return message && pathInfoOfSnix(message, directory);
  }

  async fromHashPart(hashPart: string, options: CallOptions = {}): Promise<string | undefined> {
    if (!isHashPart(hashPart)) throw new StoreError('invalid', `'${hashPart}' is not the hash part of a store path`);
    return (await this.#find(hashPart, options))?.path;
  }

  async *all(options: CallOptions = {}): AsyncGenerator<string, void, void> {
    const told = new Set<string>();
    const messages = resumed(
      () => this.#service.list({}, options),
      () => 1,
      options,
    );
    for await (const message of messages) {
      const { path } = pathInfoOfSnix(message, directory);
      if (!told.has(path)) yield path;
      told.add(path);
    }
  }

  async referrers(): Promise<string[]> {
    throw unsupported(this.#url, 'asking for referrers');
  }

  /** One call a path: the server registers each by itself. References go first, as it may ask for them. */
  async register(infos: readonly PathInfo[], options: CallOptions & { readonly replace?: boolean } = {}): Promise<void> {
    const valid = options.replace
      ? new Map<string, PathInfo>()
      : await this.get(
          infos.map(({ path }) => path),
          options,
        );
    for (const info of infos) {
      if (!valid.has(info.path)) await retried(() => this.#service.put(snixPathInfo(info, directory), options), options);
    }
  }

  async addSignatures(path: string, signatures: readonly string[], options: CallOptions = {}): Promise<void> {
    const info = (await this.get([path], options)).get(path);
    if (!info) throw notValid(path);
    const all = normalSignatures([...info.signatures, ...signatures]);
    await retried(() => this.#service.put(snixPathInfo({ ...info, signatures: all }, directory), options), options);
  }
}
