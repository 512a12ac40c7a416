/** A builder behind gRPC: `grpc+unix:///path`, `grpc+http://host:port`, `grpc+https://host:port`, with the settings that stores have (docs/grpc.md). */
import { BuilderServiceDefinition } from '@vixen/proto/vixen-build';
import { type CallOptions, StoreError } from '@vixen/store';
import { type Callers, callers, openPeer, type Peer } from '@vixen/store/grpc';
import { BuildError } from '../errors.ts';
import type { BuilderDescription, BuildOptions, BuildOutcome, BuildRequest, BuildService } from '../service.ts';
import { errorOfFailure, outcomeOfMessage, requestMessage } from './messages.ts';

export const openGrpcBuilder = (url: string): BuildService => new GrpcBuilder(openPeer(new URL(url)));

class GrpcBuilder implements BuildService {
  readonly url: string;
  readonly #peer: Peer;
  readonly #calls: Callers<typeof BuilderServiceDefinition>;

  constructor(peer: Peer) {
    this.url = peer.url;
    this.#peer = peer;
    this.#calls = callers(peer, BuilderServiceDefinition);
  }

  async describe(options: CallOptions = {}): Promise<BuilderDescription> {
    return translated(() => this.#calls.describe({}, options), options);
  }

  build(request: BuildRequest, options: BuildOptions = {}): Promise<BuildOutcome> {
    return translated(() => this.#build(request, options), options);
  }

  async #build(request: BuildRequest, { signal, onLog }: BuildOptions): Promise<BuildOutcome> {
    for await (const { event } of this.#calls.build(requestMessage(request), { signal })) {
      if (event?.$case === 'log') await onLog?.(event.value.slice());
      else if (event?.$case === 'failure') throw errorOfFailure(event.value);
      else if (event?.$case === 'outcome') return outcomeOfMessage(event.value, request);
    }
    throw new BuildError('unavailable', `builder '${this.url}' ended the call without an outcome`);
  }

  async close(): Promise<void> {
    this.#peer.client.close();
  }
}

/** What went wrong on the way is the builder's being away; the rest are errors of the request. */
async function translated<T>(call: () => Promise<T>, { signal }: CallOptions): Promise<T> {
  try {
    return await call();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof StoreError)) throw error;
    const code = error.code === 'unavailable' ? 'unavailable' : error.code === 'unsupported' ? 'unsupported' : 'invalid';
    throw new BuildError(code, error.message, { cause: error });
  }
}
