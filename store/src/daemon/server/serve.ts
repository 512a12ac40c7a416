/** A daemon: serves a store to Nix' clients, and to ours, at a unix socket. */
import fs from 'node:fs/promises';
import net, { type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { StoreError } from '../../errors.ts';
import type { Store } from '../../service.ts';
import { SocketSource, sendTo } from '../socket.ts';
import { WireReader } from '../wire/reader.ts';
import { WireWriter } from '../wire/writer.ts';
import { serveConnection } from './connection.ts';
import type { BuildHandler } from './session.ts';

export interface ServeOptions {
  /** Where to listen. A socket that nobody listens at any more is replaced. */
  readonly socket: string;
  /** The socket's permissions; 0o666. */
  readonly mode?: number;
  /**
   * Whether clients may add what is not signed, add logs, repair, and make permanent roots. By default they may where `mode` lets only the server's own
   * user in, since then the system has told who they are; elsewhere they may not.
   */
  readonly trusted?: boolean;
  /**
   * Makes files of paths when clients ask about them or add them, where the store can. Nix' own clients of a unix socket take paths to be files of
   * their machine, and never ask for archives: with a store whose root is elsewhere they have to be told, `unix:///path/to/socket?root=/path/to/root`.
   */
  readonly checkOut?: boolean;
  /** Does the builds that clients ask for; without it they are told that this store does not build. */
  readonly build?: BuildHandler;
  /** Ends the server. */
  readonly signal?: AbortSignal;
  /** Clients at one time; 256. More have to wait. */
  readonly maxConnections?: number;
  /** What clients are told is serving them. */
  readonly programVersion?: string;
  /** The newest protocol to speak, 1.x; 38. */
  readonly version?: number;
  /** Is told why a connection ended before its client wished it to. */
  readonly onError?: (error: unknown) => void;
}

export interface DaemonServer {
  readonly socket: string;
  readonly connections: number;
  /** Ends all connections, and removes the socket. */
  close(): Promise<void>;
  /** Resolves when the server has ended. */
  readonly closed: Promise<void>;
}

/** A store for all connections, or one opened for each and closed with it: then what a client keeps temporarily ends with its connection. */
export type ServedStore = Store | (() => Promise<Store>);

const ownerOnly = 0o077;

export async function serveDaemon(store: ServedStore, options: ServeOptions): Promise<DaemonServer> {
  const { socket: path, mode = 0o666, signal } = options;
  signal?.throwIfAborted();
  const server = new Server(store, { ...options, trusted: options.trusted ?? (mode & ownerOnly) === 0 });
  await server.listen(path, mode);
  if (signal?.aborted) await server.close();
  else signal?.addEventListener('abort', () => void server.close(), { once: true });
  return server;
}

class Server implements DaemonServer {
  readonly socket: string;
  readonly closed: Promise<void>;
  readonly #store: ServedStore;
  readonly #options: ServeOptions;
  readonly #server = net.createServer();
  readonly #sockets = new Set<Socket>();
  readonly #running = new Set<Promise<void>>();

  constructor(store: ServedStore, options: ServeOptions) {
    this.#store = store;
    this.#options = options;
    this.socket = options.socket;
    this.#server.maxConnections = options.maxConnections ?? 256;
    this.#server.on('connection', (socket) => this.#accept(socket));
    this.closed = new Promise((resolve) => this.#server.once('close', resolve));
  }

  get connections(): number {
    return this.#sockets.size;
  }

  async listen(path: string, mode: number): Promise<void> {
    await removeStaleSocket(path);
    // Nobody gets in before the permissions are right.
    const umask = isMainThread ? process.umask(0o777 & ~mode) : undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#server.once('error', (cause) => reject(new StoreError('io', `cannot listen at '${path}': ${cause.message}`, { cause })));
        this.#server.listen({ path }, resolve);
      });
    } finally {
      if (umask !== undefined) process.umask(umask);
    }
    await fs.chmod(path, mode);
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.allSettled(this.#running);
    await this.closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const running = this.#serve(socket)
      .catch((error: unknown) => this.#options.onError?.(error))
      .finally(() => {
        socket.end();
        this.#sockets.delete(socket);
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  async #serve(socket: Socket): Promise<void> {
    const gone = new AbortController();
    const goneBecause = new StoreError('unavailable', 'the client disconnected');
    for (const event of ['end', 'close', 'error']) socket.once(event, () => gone.abort(goneBecause));
    const own: Store[] = [];
    const open = async () => {
      if (typeof this.#store !== 'function') return this.#store;
      const opened = await this.#store();
      own.push(opened);
      return opened;
    };
    const { trusted = false, checkOut = false, build, version, programVersion = 'Vixen' } = this.#options;
    try {
      await serveConnection({
        in: new WireReader(new SocketSource(socket), { ended: 'the client disconnected unexpectedly' }),
        out: new WireWriter(sendTo(socket)),
        store: open,
        trusted,
        build,
        checksOut: checkOut,
        version,
        programVersion,
        signal: gone.signal,
      });
    } finally {
      for (const opened of own) await opened.close();
    }
  }
}

/** Removes a socket of a server that has gone; fails where one still listens, and for whatever is no socket. */
async function removeStaleSocket(path: string): Promise<void> {
  const stat = await fs.lstat(path).catch(() => undefined);
  if (!stat) return;
  if (!stat.isSocket()) throw new StoreError('invalid', `cannot listen at '${path}': it exists and is no socket`);
  if (await isListening(path)) throw new StoreError('in-use', `cannot listen at '${path}': another server does already`);
  await fs.unlink(path);
}

const isListening = (path: string) =>
  new Promise<boolean>((resolve) => {
    const probe = net.connect({ path });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
