/**
 * A client's lease: one call that lasts, by which the server keeps what is named in it. When the call breaks it is made again, and told all that was
 * kept before.
 */
import type { CollectorServiceDefinition, KeepRequest, KeepResponse } from '@vixen/proto/vixen';
import { StoreError } from '../../errors.ts';
import type { CallOptions } from '../../service.ts';
import type { Callers } from '../client.ts';
import { batches } from '../limits.ts';
import { retried } from '../retry.ts';
import { Queue } from './queue.ts';

type Keep = Callers<typeof CollectorServiceDefinition>['keep'];

const sizeOfPath = (path: string) => path.length + 4;

export class Lease {
  readonly #keep: Keep;
  readonly #kept = new Set<string>();
  readonly #closing = new AbortController();
  #call: LeaseCall | undefined;
  /** One request after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  /** Resolves when the server keeps the paths. */
  keepPaths(paths: readonly string[], { signal }: CallOptions = {}): Promise<void> {
    const work = this.#turn.then(() => {
      signal?.throwIfAborted();
      return retried(() => this.#send(paths), { signal });
    });
    this.#turn = work.catch(() => {});
    return work.then(() => {
      for (const path of paths) this.#kept.add(path);
    });
  }

  async #send(paths: readonly string[]): Promise<void> {
    const call = this.#call ?? this.#open();
    const isNew = call !== this.#call;
    this.#call = call;
    for (const batch of batches(isNew ? [...this.#kept, ...paths] : paths, sizeOfPath)) await call.ask({ paths: batch, digests: [] });
  }

  #open(): LeaseCall {
    const call = new LeaseCall((requests) => this.#keep(requests, { signal: this.#closing.signal }));
    call.over.then(() => {
      if (this.#call === call) this.#call = undefined;
      // What is kept is to be kept, also while nobody asks for more. A server that stays away has forgotten it, whatever is done here.
      if (!this.#closing.signal.aborted && this.#kept.size > 0) this.keepPaths([], { signal: this.#closing.signal }).catch(() => {});
    });
    return call;
  }

  close(): void {
    this.#call?.end();
    this.#closing.abort(new StoreError('unavailable', 'the store was closed'));
  }
}

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/** One call: requests go out, and are answered in their order. */
class LeaseCall {
  /** Resolves when the call is over. */
  readonly over: Promise<void>;
  readonly #requests = new Queue<KeepRequest>();
  readonly #waiting: Waiting[] = [];
  #failure: unknown;

  constructor(start: (requests: AsyncIterable<KeepRequest>) => AsyncIterable<KeepResponse>) {
    this.over = this.#listen(start(this.#requests));
  }

  ask(request: KeepRequest): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    this.#requests.push(request);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  end(): void {
    this.#requests.end();
  }

  async #listen(responses: AsyncIterable<KeepResponse>): Promise<void> {
    try {
      for await (const _ of responses) this.#waiting.shift()?.resolve();
      this.#failure = new StoreError('unavailable', 'the server ended the lease');
    } catch (error) {
      this.#failure = error;
    }
    this.#requests.end();
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
