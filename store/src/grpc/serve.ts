/**
 * Methods of a service as functions of messages:
 *
 *     unary             request              → promise of the response
 *     server streaming  request              → responses
 *     client streaming  requests             → promise of the response
 *     both              requests             → responses
 *
 * Streams are asynchronous iterables, pulled only as fast as the other side takes what is sent. A call that is cancelled, runs into its deadline or
 * loses its connection aborts the signal.
 */
import type {
  Metadata,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { StoreError } from '../errors.ts';
import { Scratch, type Serializer } from './bytes-messages.ts';
import {
  deserializer,
  type Method,
  pathOf,
  type RequestOf,
  type ResponseOf,
  type Service,
  serializer,
  serviceDefinition,
} from './method.ts';
import type { Right } from './rights.ts';
import { statusOfError, storeErrorOf } from './status.ts';

export interface ServerCall {
  readonly signal: AbortSignal;
  readonly metadata: Metadata;
  /** The caller's. */
  readonly rights: ReadonlySet<Right>;
}

export type Handler<M extends Method> = (
  input: M['requestStream'] extends true ? AsyncIterable<RequestOf<M>> : RequestOf<M>,
  call: ServerCall,
) => M['responseStream'] extends true ? AsyncIterable<ResponseOf<M>> : Promise<ResponseOf<M>>;

export type Handlers<S extends Service> = { readonly [K in keyof S['methods']]: Handler<S['methods'][K]> };

/** A service with what answers its calls, and the right that each call needs. */
export interface Served {
  readonly service: Service;
  readonly rights: Readonly<Record<string, Right | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: handlers of all services stand in one list; `serve` has checked each.
  readonly handlers: Readonly<Record<string, (input: any, call: ServerCall) => any>>;
}

/** `rights` is one right for all methods, or one for each; undefined: anyone may call. */
export function serve<const S extends Service>(
  service: S,
  rights: Right | undefined | { readonly [K in keyof S['methods']]: Right | undefined },
  handlers: Handlers<S>,
): Served {
  const each = typeof rights === 'object' ? rights : Object.fromEntries(Object.keys(service.methods).map((key) => [key, rights]));
  return { service, rights: each, handlers };
}

/** A call, whatever its shape. */
export type AnyCall = Omit<ServerUnaryCall<Buffer, unknown>, 'request'> & { readonly request?: Buffer };

/** Answers the caller's rights, or fails where the call needs one more. */
export type Guard = (call: AnyCall, needed: Right | undefined) => ReadonlySet<Right>;

export interface ServeHooks {
  readonly guard: Guard;
  /** Told of what went wrong within: errors that callers are not told. */
  readonly onError: (error: unknown, path: string) => void;
}

/** The arguments of grpc-js's `addService`. */
export function implement({ service, rights, handlers }: Served, hooks: ServeHooks) {
  const definition = serviceDefinition(service);
  const implementation: UntypedServiceImplementation = {};
  for (const [key, method] of Object.entries(service.methods)) {
    const run = runner({ path: pathOf(service, method), method, right: rights[key], handler: handlers[key]! }, hooks);
    implementation[key] = method.responseStream
      ? (call: ServerWritableStream<Buffer, Buffer>) => void answerStream(call, run)
      : (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void answerOnce(call, run, callback);
  }
  return { definition, implementation };
}

interface Runner {
  /** Calls the handler. */
  start(call: AnyCall, signal: AbortSignal): unknown;
  /** A response as bytes. */
  readonly serialize: Serializer;
  /** The status of a failure. */
  status(error: unknown): ReturnType<typeof statusOfError>;
}

interface ServedMethod {
  readonly path: string;
  readonly method: Method;
  readonly right: Right | undefined;
  readonly handler: Served['handlers'][string];
}

function runner({ path, method, right, handler }: ServedMethod, { guard, onError }: ServeHooks): Runner {
  // Requests are read here, so that what cannot be read is the caller's fault and not ours.
  const read = deserializer(method.requestType);
  return {
    serialize: serializer(method.responseType),
    start(call, signal) {
      const rights = guard(call, right);
      const input = method.requestStream
        ? readRequests(call as unknown as ServerReadableStream<Buffer, Buffer>, read)
        : read(call.request!);
      return handler(input, { signal, metadata: call.metadata, rights });
    },
    status(error) {
      if (!storeErrorOf(error)) onError(error, path);
      return statusOfError(error);
    },
  };
}

async function* readRequests<T>(call: ServerReadableStream<Buffer, Buffer>, read: (bytes: Buffer) => T): AsyncGenerator<T, void, void> {
  // Leaving the loop early must not destroy the call: the answer is still to be sent. What the caller goes on to send is thrown away.
  try {
    for await (const bytes of call.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) yield read(bytes);
  } finally {
    call.resume();
  }
}

const cancelled = () => new StoreError('unavailable', 'the call was cancelled');

function signalOf(call: AnyCall): AbortSignal {
  const controller = new AbortController();
  if (call.cancelled) controller.abort(cancelled());
  else call.once('cancelled', () => controller.abort(cancelled()));
  return controller.signal;
}

async function answerOnce(call: ServerUnaryCall<Buffer, Buffer>, run: Runner, callback: sendUnaryData<Buffer>): Promise<void> {
  const signal = signalOf(call);
  try {
    const response = await run.start(call, signal);
    if (!signal.aborted) callback(null, run.serialize(response));
  } catch (error) {
    if (!signal.aborted) callback(run.status(error));
  }
}

async function answerStream(call: ServerWritableStream<Buffer, Buffer>, run: Runner): Promise<void> {
  const signal = signalOf(call);
  try {
    await send(call, run.start(call, signal) as AsyncIterable<unknown>, run.serialize, signal);
    call.end();
  } catch (error) {
    if (!signal.aborted) call.emit('error', run.status(error));
  }
}

type Sink = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** Sends messages, each when the one before it has left: one is made while one is on its way. */
async function send(call: Sink, messages: AsyncIterable<unknown>, serialize: Serializer, signal: AbortSignal): Promise<void> {
  const scratch = new Scratch();
  let sent: Promise<void> = Promise.resolve();
  for await (const message of messages) {
    await sent;
    signal.throwIfAborted();
    sent = write(call, serialize(message, scratch), signal);
    // Who waits for it next may be late.
    sent.catch(() => {});
  }
  await sent;
}

function write(call: Sink, message: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    call.write(message, (error: Error | null | undefined) => {
      signal.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve();
    });
  });
}
