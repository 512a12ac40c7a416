/** A store behind a server of Vixen: the whole interface. */
import { type Description, PathServiceDefinition, StoreServiceDefinition } from '@vixen/proto/vixen';
import { StoreError } from '../../errors.ts';
import { isHashPart } from '../../formats/store-path.ts';
import type { PathInfo } from '../../path-info.ts';
import type { AddOptions, Bytes, CallOptions, Castore, Store, StoreGreeting, VerifyOptions } from '../../service.ts';
import { type Callers, callers, type Peer } from '../client.ts';
import { batches, dataOf } from '../limits.ts';
import { headedParts, pathInfoMessage, pathInfoOfMessage, sizeOfInfo } from '../messages.ts';
import { optional, resumed, retried, skipBytes } from '../retry.ts';
import { vixenCastore } from './vixen-castore.ts';
import { GrpcCheckouts, GrpcCollector, GrpcLogs, GrpcRealisations } from './vixen-parts.ts';

const sizeOfPath = (path: string) => path.length + 4;

export class VixenStore implements Store {
  readonly url: string;
  readonly directory: string;
  readonly priority: number;
  readonly castore: Castore | undefined;
  readonly collector: GrpcCollector | undefined;
  readonly checkouts: GrpcCheckouts | undefined;
  readonly realisations: GrpcRealisations | undefined;
  readonly logs: GrpcLogs | undefined;
  readonly register?: NonNullable<Store['register']>;
  readonly #peer: Peer;
  readonly #paths: Callers<typeof PathServiceDefinition>;

  constructor(peer: Peer, description: Description) {
    this.#peer = peer;
    this.#paths = callers(peer, PathServiceDefinition);
    this.url = peer.url;
    this.directory = description.directory;
    this.priority = description.priority;
    this.castore = description.castore ? vixenCastore(peer) : undefined;
    if (description.castore) this.register = (infos, options) => this.#register(infos, options);
    this.collector = description.collector ? new GrpcCollector(peer) : undefined;
    this.realisations = description.realisations ? new GrpcRealisations(peer) : undefined;
    this.logs = description.logs ? new GrpcLogs(peer) : undefined;
    const { checkoutRoot } = description;
    this.checkouts = checkoutRoot !== undefined && peer.isLocal ? new GrpcCheckouts(checkoutRoot, this.#paths.checkout) : undefined;
  }

  async connect(options: CallOptions = {}): Promise<StoreGreeting> {
    const { version, mayAdminister } = await describe(this.#peer, options);
    return { version, trusted: mayAdminister };
  }

  async pathInfo(path: string, options: CallOptions = {}): Promise<PathInfo | undefined> {
    return (await this.pathInfos([path], options)).get(path);
  }

  async pathInfos(paths: readonly string[], options: CallOptions = {}): Promise<Map<string, PathInfo>> {
    const found = new Map<string, PathInfo>();
    const asked = new Set(paths);
    const ask = async (batch: string[]) => {
      for await (const { infos } of this.#paths.getPaths({ paths: batch }, options)) {
        for (const info of infos.map(pathInfoOfMessage)) if (asked.has(info.path)) found.set(info.path, info);
      }
    };
    for (const batch of batches(asked, sizeOfPath)) await retried(() => ask(batch), options);
    return found;
  }

  async pathFromHashPart(hashPart: string, options: CallOptions = {}): Promise<string | undefined> {
    if (!isHashPart(hashPart)) throw new StoreError('invalid', `'${hashPart}' is not the hash part of a store path`);
    return (await optional(retried(() => this.#paths.findPath({ hashPart }, options), options)))?.path;
  }

  async *paths(options: CallOptions = {}): AsyncGenerator<string, void, void> {
    const told = new Set<string>();
    for await (const { paths } of resumed(
      () => this.#paths.listPaths({}, options),
      () => 1,
      options,
    )) {
      for (const path of paths) {
        if (told.has(path)) continue;
        told.add(path);
        yield path;
      }
    }
  }

  async referrers(path: string, options: CallOptions = {}): Promise<string[]> {
    return retried(async () => {
      const found: string[] = [];
      for await (const { paths } of this.#paths.getReferrers({ path }, options)) found.push(...paths);
      return found;
    }, options);
  }

  nar(path: string, options: CallOptions = {}): AsyncIterable<Uint8Array> {
    // Archives are the same bytes every time.
    return resumed(
      (done) => skipBytes(dataOf(this.#paths.readNar({ path }, options)), done),
      (chunk) => chunk.length,
      options,
    );
  }

  async add(info: PathInfo, nar: Bytes, options: AddOptions = {}): Promise<void> {
    const head = { info: pathInfoMessage(info), policy: policyOf(options) };
    const send = () => this.#paths.addNar(headedParts('head', head, nar), options);
    await (Array.isArray(nar) ? retried(send, options) : send());
  }

  async #register(infos: readonly PathInfo[], options: AddOptions = {}): Promise<void> {
    for (const batch of batches(infos, sizeOfInfo)) {
      const request = { infos: batch.map(pathInfoMessage), policy: policyOf(options) };
      await retried(() => this.#paths.registerPaths(request, options), options);
    }
  }

  async addSignatures(path: string, signatures: readonly string[], options: CallOptions = {}): Promise<void> {
    await retried(() => this.#paths.addSignatures({ path, signatures: [...signatures] }, options), options);
  }

  async verify({ checkContents = false, repair = false, onProblem, signal }: VerifyOptions): Promise<void> {
    for await (const { path, message } of this.#paths.verify({ checkContents, repair }, { signal })) onProblem({ path, message });
  }

  async close(): Promise<void> {
    this.collector?.close();
    this.#peer.client.close();
  }
}

const policyOf = ({ repair = false, checkSignatures = true }: AddOptions) => ({ repair, skipSignatureCheck: !checkSignatures });

/** Fails with `unsupported` where the server speaks Snix's services alone. */
export function describe(peer: Peer, options: CallOptions = {}): Promise<Description> {
  return retried(() => callers(peer, StoreServiceDefinition).describe({}, options), options);
}
