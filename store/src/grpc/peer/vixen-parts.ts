/** What a server of Vixen offers beside paths: garbage collection, realisations, logs, checkouts. */
import {
  CollectorServiceDefinition,
  LogServiceDefinition,
  type PathServiceDefinition,
  RealisationServiceDefinition,
} from '@vixen/proto/vixen';
import { StoreError } from '../../errors.ts';
import type { Realisation } from '../../path-info.ts';
import type {
  Bytes,
  CallOptions,
  CheckoutService,
  CollectOptions,
  CollectorService,
  CollectResult,
  LogService,
  RealisationService,
  Root,
} from '../../service.ts';
import { type Callers, callers, type Peer } from '../client.ts';
import { dataOf } from '../limits.ts';
import { headedParts, realisationMessage, realisationOfMessage, safeNumber } from '../messages.ts';
import { optional, retried } from '../retry.ts';
import { modeNumbers } from '../services/collector.ts';
import { Lease } from './lease.ts';

export class GrpcCollector implements CollectorService {
  readonly #service: Callers<typeof CollectorServiceDefinition>;
  readonly #lease: Lease;

  constructor(peer: Peer) {
    this.#service = callers(peer, CollectorServiceDefinition);
    this.#lease = new Lease(this.#service.keep);
  }

  async *roots(options: CallOptions = {}): AsyncGenerator<Root, void, void> {
    for await (const { roots } of this.#service.listRoots({}, options)) yield* roots;
  }

  async addIndirectRoot(link: string, options: CallOptions = {}): Promise<void> {
    await retried(() => this.#service.addIndirectRoot({ link }, options), options);
  }

  addTemporaryRoots(paths: readonly string[], options: CallOptions = {}): Promise<void> {
    return this.#lease.keepPaths(paths, options);
  }

  async collect({ mode, paths = [], ignoreLiveness = false, maxFreed, onPath, signal }: CollectOptions): Promise<CollectResult> {
    const limit = maxFreed === undefined ? undefined : BigInt(maxFreed);
    const request = { mode: modeNumbers.get(mode)!, paths: [...paths], ignoreLiveness, maxFreed: limit };
    const all: string[] = [];
    const removes = mode === 'delete' || mode === 'specific';
    for await (const event of this.#service.collect(request, { signal })) {
      for (const path of event.paths) {
        all.push(path);
        if (removes) onPath?.(path);
      }
      if (event.bytesFreed !== undefined) return { paths: all, bytesFreed: safeNumber(event.bytesFreed) };
    }
    throw new StoreError('unavailable', 'the server ended the collection without a result');
  }

  close(): void {
    this.#lease.close();
  }
}

export class GrpcRealisations implements RealisationService {
  readonly #service: Callers<typeof RealisationServiceDefinition>;

  constructor(peer: Peer) {
    this.#service = callers(peer, RealisationServiceDefinition);
  }

  async get(id: string, options: CallOptions = {}): Promise<Realisation | undefined> {
    const found = await optional(retried(() => this.#service.getRealisation({ id }, options), options));
    return found && realisationOfMessage(found);
  }

  async put(realisation: Realisation, options: CallOptions & { readonly checkSignatures?: boolean } = {}): Promise<void> {
    const request = { realisation: realisationMessage(realisation), skipSignatureCheck: options.checkSignatures === false };
    await retried(() => this.#service.putRealisation(request, options), options);
  }
}

export class GrpcLogs implements LogService {
  readonly #service: Callers<typeof LogServiceDefinition>;

  constructor(peer: Peer) {
    this.#service = callers(peer, LogServiceDefinition);
  }

  /** Whether there is a log shows with its first bytes. */
  async get(drvPath: string, options: CallOptions = {}): Promise<AsyncIterable<Uint8Array> | undefined> {
    const open = async () => {
      const chunks = dataOf(this.#service.getLog({ drvPath }, options));
      return { chunks, first: await chunks.next() };
    };
    const opened = await optional(retried(open, options));
    return opened && continued(opened.first, opened.chunks);
  }

  async put(drvPath: string, log: Bytes, options: CallOptions = {}): Promise<void> {
    await this.#service.putLog(headedParts('drvPath', drvPath, log), options);
  }
}

async function* continued<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  try {
    if (!first.done) yield first.value;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** Of use over a socket: the server's files are ours to see. */
export class GrpcCheckouts implements CheckoutService {
  readonly root: string;
  readonly #checkout: Callers<typeof PathServiceDefinition>['checkout'];

  constructor(root: string, checkout: Callers<typeof PathServiceDefinition>['checkout']) {
    this.root = root;
    this.#checkout = checkout;
  }

  async checkout(path: string, options: CallOptions = {}): Promise<string> {
    return (await retried(() => this.#checkout({ path }, options), options)).location;
  }
}
