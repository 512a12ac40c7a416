/**
 * A store served over gRPC: the services of Snix, and those of Vixen that bear the rest (docs/grpc.md).
 *
 *     const server = await serveGrpc(store, { listen: [{ address: 'unix:/run/vixen.sock', access: { anonymous: allRights } }] });
 *     …
 *     await server.close();
 */
import fs from 'node:fs';
import net from 'node:net';
import { type ChannelOptions, Server, ServerCredentials } from '@grpc/grpc-js';
import { StoreError } from '../errors.ts';
import type { Store } from '../service.ts';
import { maxMessageSize } from './limits.ts';
import { type Access, guardOf } from './rights.ts';
import { implement, type Served } from './serve.ts';
import { logService, realisationService } from './services/builds.ts';
import { castoreService } from './services/castore.ts';
import { collectorService } from './services/collector.ts';
import { healthService } from './services/health.ts';
import { pathService, storeService } from './services/paths.ts';
import { reflectionService } from './services/reflection.ts';
import { snixBlobs, snixDirectories } from './services/snix-castore.ts';
import { snixPathInfos } from './services/snix-path-info.ts';

export interface ServerTls {
  /** PEM. */
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** Who issues clients' certificates, PEM. Given, clients without one are turned away. */
  readonly clientCa?: Buffer | undefined;
}

export interface Listener {
  /** `unix:/path`, `host:port`, `[::1]:port`. Port 0: any that is free. */
  readonly address: string;
  readonly tls?: ServerTls | undefined;
  readonly access: Access;
  /** Mode of the socket file; 0o600. */
  readonly socketMode?: number | undefined;
}

export interface ServeOptions {
  readonly listen: readonly Listener[];
  /** Closes the server. */
  readonly signal?: AbortSignal | undefined;
  /** Errors that callers are only told to be internal. */
  readonly onError?: ((error: unknown, method: string) => void) | undefined;
  /** Bytes of the largest message that is taken; 16 MiB. */
  readonly maxMessageSize?: number | undefined;
}

export interface ServeGrpcOptions extends ServeOptions {
  /** Opens the same store once more, for a client's lease; without it, temporary roots stay until the server's store closes. */
  readonly openLease?: (() => Promise<Store>) | undefined;
  /** Speaks as a server of Snix does, without Vixen's own services. */
  readonly onlySnix?: boolean | undefined;
  /** What Describe says; `vixen`. */
  readonly version?: string | undefined;
}

export interface GrpcServer {
  /** Where it listens, in the order of the listeners; ports are the actual ones. */
  readonly addresses: readonly string[];
  /** Lets running calls end for at most `grace` milliseconds (2000), then ends them. The store stays open. */
  close(grace?: number): Promise<void>;
}

/** Calls that one connection may have under way. */
const maxStreams = 256;

export function serveGrpc(store: Store, options: ServeGrpcOptions): Promise<GrpcServer> {
  return serveServices([...snixServices(store), ...(options.onlySnix ? [] : vixenServices(store, options))], options);
}

/** Serves services, with health and reflection beside them. */
export async function serveServices(served: readonly Served[], options: ServeOptions): Promise<GrpcServer> {
  options.signal?.throwIfAborted();
  const closing = new AbortController();
  const services = withReflection(served, closing.signal);
  const opened: Server[] = [];
  const addresses: string[] = [];
  try {
    for (const listener of options.listen) {
      const server = new Server(channelOptions(options));
      opened.push(server);
      const hooks = { guard: guardOf(listener.access), onError: options.onError ?? (() => {}) };
      for (const served of services) {
        const { definition, implementation } = implement(served, hooks);
        server.addService(definition, implementation);
      }
      addresses.push(await listen(server, listener));
    }
  } catch (error) {
    for (const server of opened) server.forceShutdown();
    throw error;
  }
  let closed: Promise<void> | undefined;
  const close = (grace = 2000): Promise<void> => {
    closed ??= closeAll(opened, closing, grace);
    return closed;
  };
  options.signal?.addEventListener('abort', () => void close(), { once: true });
  return { addresses, close };
}

function withReflection(services: readonly Served[], closing: AbortSignal): Served[] {
  const names = services.map(({ service }) => service.fullName);
  const all = [...names, 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'];
  return [...services, healthService(names, closing), reflectionService(all)];
}

function* snixServices(store: Store): Generator<Served, void, void> {
  const { castore } = store;
  if (!castore) return;
  yield snixBlobs(castore);
  yield snixDirectories(castore);
  if (store.register) yield snixPathInfos(store, castore);
}

function* vixenServices(store: Store, { version = 'vixen', openLease }: ServeGrpcOptions): Generator<Served, void, void> {
  const { castore, collector, realisations, logs } = store;
  yield storeService(store, version);
  yield pathService(store);
  if (castore) yield castoreService(castore);
  if (collector) yield collectorService(store, collector, openLease);
  if (realisations) yield realisationService(realisations);
  if (logs) yield logService(logs);
}

const channelOptions = (options: ServeOptions): ChannelOptions => ({
  'grpc.max_receive_message_length': options.maxMessageSize ?? maxMessageSize,
  'grpc.max_send_message_length': maxMessageSize,
  'grpc.max_concurrent_streams': maxStreams,
  // A client that is gone without a word is noticed, and what its calls hold is let go.
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
});

async function listen(server: Server, { address, tls, socketMode = 0o600 }: Listener): Promise<string> {
  const socket = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
  if (socket !== undefined) await removeStaleSocket(socket);
  const port = await new Promise<number>((resolve, reject) => {
    const failed = (cause: Error) => reject(new StoreError('io', `cannot listen on '${address}': ${cause.message}`, { cause }));
    server.bindAsync(address, credentials(tls), (error, bound) => (error ? failed(error) : resolve(bound)));
  });
  if (socket === undefined) return address.replace(/:\d+$/, `:${port}`);
  fs.chmodSync(socket, socketMode);
  return address;
}

const credentials = (tls: ServerTls | undefined): ServerCredentials =>
  tls
    ? ServerCredentials.createSsl(tls.clientCa ?? null, [{ private_key: tls.key, cert_chain: tls.certificate }], tls.clientCa !== undefined)
    : ServerCredentials.createInsecure();

/** A socket that a killed server has left is in the way of the next; that of a living one stays. */
async function removeStaleSocket(socket: string): Promise<void> {
  if (!fs.lstatSync(socket, { throwIfNoEntry: false })?.isSocket()) return;
  const isTaken = await new Promise<boolean>((resolve) => {
    const probe = net.connect(socket, () => resolve(true));
    probe.on('error', () => resolve(false));
    probe.on('connect', () => probe.destroy());
  });
  if (isTaken) throw new StoreError('in-use', `cannot listen on '${socket}': another server does`);
  fs.rmSync(socket, { force: true });
}

async function closeAll(servers: readonly Server[], closing: AbortController, grace: number): Promise<void> {
  closing.abort();
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          const timer = setTimeout(() => server.forceShutdown(), grace);
          server.tryShutdown(() => {
            clearTimeout(timer);
            resolve();
          });
        }),
    ),
  );
}
