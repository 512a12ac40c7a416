/** Calls of a service as functions of messages; the shapes are those of serve.ts. */
import type { Client, ClientWritableStream, CallOptions as GrpcOptions, Metadata } from '@grpc/grpc-js';
import type { CallOptions } from '../service.ts';
import { deserializer, type Method, pathOf, type RequestOf, type ResponseOf, type Service, serializer } from './method.ts';
import { errorOfStatus, isServiceError } from './status.ts';

/** A connection, and what goes with every call over it. */
export interface Peer {
  readonly client: Client;
  /** The server, for messages. */
  readonly url: string;
  /** Sent with each call: a token. */
  readonly metadata: Metadata;
  /** Whether the server is on this machine for certain: behind a socket. */
  readonly isLocal: boolean;
  /** Milliseconds that calls with one answer may take; none. */
  readonly timeout?: number | undefined;
}

export type Caller<M extends Method> = (
  input: M['requestStream'] extends true ? AsyncIterable<RequestOf<M>> : RequestOf<M>,
  options?: CallOptions,
) => M['responseStream'] extends true ? AsyncGenerator<ResponseOf<M>, void, void> : Promise<ResponseOf<M>>;

export type Callers<S extends Service> = { readonly [K in keyof S['methods']]: Caller<S['methods'][K]> };

export function callers<const S extends Service>(peer: Peer, service: S): Callers<S> {
  const made = Object.entries(service.methods).map(([key, method]) => [key, caller(peer, service, method)]);
  return Object.fromEntries(made) as Callers<S>;
}

function caller(peer: Peer, service: Service, method: Method) {
  const call = new CallOf(peer, service, method);
  if (method.requestStream && method.responseStream) return call.both;
  if (method.requestStream) return call.sendStream;
  return method.responseStream ? call.readStream : call.unary;
}

class CallOf {
  readonly #peer: Peer;
  readonly #path: string;
  readonly #serialize: (message: unknown) => Buffer;
  readonly #deserialize: (bytes: Buffer) => unknown;

  constructor(peer: Peer, service: Service, method: Method) {
    this.#peer = peer;
    this.#path = pathOf(service, method);
    this.#serialize = serializer(method.requestType);
    this.#deserialize = deserializer(method.responseType);
  }

  readonly unary = (request: unknown, { signal }: CallOptions = {}): Promise<unknown> => {
    const { client, metadata } = this.#peer;
    return this.#answer(signal, (done) =>
      client.makeUnaryRequest(this.#path, this.#serialize, this.#deserialize, request, metadata.clone(), this.#deadline(), done),
    );
  };

  readonly sendStream = (requests: AsyncIterable<unknown>, { signal }: CallOptions = {}): Promise<unknown> => {
    const { client, metadata } = this.#peer;
    const over = new AbortController();
    let failure: { readonly reason: unknown } | undefined;
    const answer = this.#answer(signal, (done) => {
      const call = client.makeClientStreamRequest(this.#path, this.#serialize, this.#deserialize, metadata.clone(), {}, (error, value) => {
        over.abort();
        done(error, value);
      });
      pump(call, requests, over.signal).catch((reason: unknown) => {
        if (over.signal.aborted) return;
        failure = { reason };
        call.cancel();
      });
      return call;
    });
    // What went wrong with the requests says more than that the call was cancelled for it.
    return answer.catch((error: unknown) => {
      throw failure && !signal?.aborted ? failure.reason : error;
    });
  };

  readonly readStream = (request: unknown, { signal }: CallOptions = {}): AsyncGenerator<unknown, void, void> => {
    const { client, metadata } = this.#peer;
    return this.#responses(signal, () =>
      client.makeServerStreamRequest(this.#path, this.#serialize, this.#deserialize, request, metadata.clone(), {}),
    );
  };

  readonly both = (requests: AsyncIterable<unknown>, { signal }: CallOptions = {}): AsyncGenerator<unknown, void, void> => {
    const { client, metadata } = this.#peer;
    return this.#responses(signal, () => {
      const over = new AbortController();
      const call = client.makeBidiStreamRequest(this.#path, this.#serialize, this.#deserialize, metadata.clone(), {});
      call.once('close', () => over.abort());
      pump(call, requests, over.signal).catch(() => call.cancel());
      return call;
    });
  };

  #deadline(): GrpcOptions {
    const { timeout } = this.#peer;
    return timeout === undefined ? {} : { deadline: Date.now() + timeout };
  }

  async #answer(
    signal: AbortSignal | undefined,
    start: (done: (error: Error | null, value?: unknown) => void) => { cancel(): void },
  ): Promise<unknown> {
    signal?.throwIfAborted();
    let cancel = () => {};
    const abort = () => cancel();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await new Promise<unknown>((resolve, reject) => {
        const call = start((error, value) => (error ? reject(error) : resolve(value)));
        cancel = () => call.cancel();
      });
    } catch (error) {
      throw this.#reason(error, signal);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async *#responses(
    signal: AbortSignal | undefined,
    start: () => AsyncIterable<unknown> & { cancel(): void; on(event: 'error', listener: () => void): unknown },
  ): AsyncGenerator<unknown, void, void> {
    signal?.throwIfAborted();
    const call = start();
    const abort = () => call.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    // A call that is cancelled after the last look at it still reports an error.
    call.on('error', () => {});
    try {
      for await (const response of call) {
        yield response;
        signal?.throwIfAborted();
      }
    } catch (error) {
      throw this.#reason(error, signal);
    } finally {
      signal?.removeEventListener('abort', abort);
      call.cancel();
    }
  }

  #reason(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    return isServiceError(error) ? errorOfStatus(error, this.#peer.url) : error;
  }
}

/** Sends requests, each when the one before it has left, until the call is over. */
async function pump(call: Pick<ClientWritableStream<unknown>, 'write' | 'end'>, requests: AsyncIterable<unknown>, over: AbortSignal) {
  let sent: Promise<void> = Promise.resolve();
  for await (const request of requests) {
    await sent;
    if (over.aborted) return;
    sent = write(call, request, over);
  }
  await sent;
  call.end();
}

/** Resolves when the message has left or the call is over. */
function write(call: Pick<ClientWritableStream<unknown>, 'write'>, message: unknown, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      over.removeEventListener('abort', done);
      resolve();
    };
    over.addEventListener('abort', done, { once: true });
    call.write(message, done);
  });
}
