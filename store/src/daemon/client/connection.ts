/** One connection to a daemon: the greeting, and one operation after another. */
import net, { type Socket } from 'node:net';
import { StoreError } from '../../errors.ts';
import {
  clientMagic,
  newestVersion,
  oldestVersion,
  operations,
  serverMagic,
  since,
  verbosity,
  versionOfWire,
  versionToWire,
} from '../protocol.ts';
import { ReadBuffers, SocketSource, sendTo } from '../socket.ts';
import { DaemonError } from '../values/error.ts';
import { type MessageHandlers, readMessages } from '../values/messages.ts';
import { WireReader } from '../wire/reader.ts';
import { WireWriter } from '../wire/writer.ts';

export interface Greeting {
  /** The x of protocol 1.x. */
  readonly version: number;
  /** The daemon's program and version; undefined where it is too old to say. */
  readonly daemonVersion: string | undefined;
  /** Whether it trusts us; undefined where it does not say. */
  readonly trusted: boolean | undefined;
}

export class DaemonConnection {
  readonly in: WireReader;
  readonly out: WireWriter;
  readonly greeting: Greeting;
  readonly #socket: Socket;
  readonly #log: MessageHandlers['log'];
  #lastError: unknown;

  constructor(socket: Socket, reader: WireReader, writer: WireWriter, greeting: Greeting, log: MessageHandlers['log']) {
    this.#socket = socket;
    this.in = reader;
    this.out = writer;
    this.greeting = greeting;
    this.#log = log;
  }

  get version(): number {
    return this.greeting.version;
  }

  get closed(): boolean {
    return this.#socket.destroyed || this.#socket.readableEnded;
  }

  /** Reads what the daemon says until the operation is done; throws its error. */
  async finish(handlers: MessageHandlers = {}): Promise<void> {
    try {
      await readMessages(this.in, this.version, { log: this.#log, ...handlers });
    } catch (error) {
      this.#lastError = error;
      throw error;
    }
    this.in.allow(replyBudget);
  }

  /** Whether an error is what the daemon answered last: then the connection is as good as before. */
  isAnswer(error: unknown): boolean {
    return error instanceof DaemonError && error === this.#lastError;
  }

  /** Whether the connection keeps the process alive: not while nobody waits for it. */
  set active(active: boolean) {
    if (active) this.#socket.ref();
    else this.#socket.unref();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** The list of all paths of a large store is some hundred MB. */
const replyBudget = 1024 * 1024 * 1024;

export interface ConnectOptions {
  readonly signal?: AbortSignal | undefined;
  /** The newest version to offer. */
  readonly version?: number | undefined;
  readonly log?: MessageHandlers['log'];
}

/** Connects to the daemon at a unix socket. Fails with `unavailable` where nobody listens, `unsupported` for a daemon that is too old. */
export async function connectToDaemon(socketPath: string, options: ConnectOptions = {}): Promise<DaemonConnection> {
  options.signal?.throwIfAborted();
  const buffers = new ReadBuffers();
  const socket = await openSocket(socketPath, buffers);
  const abort = () => socket.destroy();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    return await greet(socket, new SocketSource(socket, buffers), socketPath, options);
  } catch (error) {
    socket.destroy();
    options.signal?.throwIfAborted();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}

function openSocket(socketPath: string, { onread }: ReadBuffers): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path: socketPath, onread });
    const refuse = (cause: Error) => {
      reject(new StoreError('unavailable', `cannot connect to socket at '${socketPath}': ${cause.message}`, { cause }));
    };
    socket.once('error', refuse);
    socket.once('connect', () => {
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}

async function greet(
  socket: Socket,
  source: SocketSource,
  socketPath: string,
  { version: offered = newestVersion, log }: ConnectOptions,
): Promise<DaemonConnection> {
  const reader = new WireReader(source, { ended: 'Nix daemon disconnected unexpectedly (maybe it crashed?)' });
  const writer = new WireWriter(sendTo(socket));
  await writer.number(clientMagic).number(versionToWire(offered)).flush();
  if ((await reader.number(2 ** 64)) !== serverMagic)
    throw new StoreError('invalid', `nothing at '${socketPath}' speaks the Nix daemon's protocol`);
  const version = agreedVersion(await reader.number(), offered);
  if (version >= since.features) {
    await writer.texts([]).flush();
    await reader.texts();
  }
  // Neither a CPU to run on, nor space to reserve: both are obsolete.
  await writer.number(0).number(0).flush();
  const daemonVersion = version >= since.daemonVersion ? await reader.text() : undefined;
  const trusted = version >= since.trust ? await readTrust(reader) : undefined;
  const connection = new DaemonConnection(socket, reader, writer, { version, daemonVersion, trusted }, log);
  await connection.finish();
  await sendOptions(connection);
  return connection;
}

function agreedVersion(wire: number, offered: number): number {
  const theirs = versionOfWire(wire);
  if (theirs === undefined) throw new StoreError('unsupported', 'Nix daemon protocol version not supported');
  if (theirs < oldestVersion)
    throw new StoreError('unsupported', `the Nix daemon version is too old: it speaks 1.${theirs}, 1.${oldestVersion} is needed`);
  return Math.min(theirs, offered);
}

async function readTrust(reader: WireReader): Promise<boolean | undefined> {
  const code = await reader.number();
  if (code > 2) throw new StoreError('invalid', 'Invalid trusted status from remote');
  return code === 0 ? undefined : code === 1;
}

/** Errors are all that is to be told; the daemon's own settings stay as they are. */
async function sendOptions(connection: DaemonConnection): Promise<void> {
  const { out } = connection;
  out.number(operations.SetOptions);
  const [keepFailed, keepGoing, tryFallback, maxBuildJobs, maxSilentTime, buildCores] = [0, 0, 0, 1, 0, 0];
  for (const value of [keepFailed, keepGoing, tryFallback, verbosity.error, maxBuildJobs, maxSilentTime]) out.number(value);
  const [useBuildHook, verboseBuild, logType, printBuildTrace, useSubstitutes, overrides] = [1, verbosity.vomit, 0, 0, 1, 0];
  for (const value of [useBuildHook, verboseBuild, logType, printBuildTrace, buildCores, useSubstitutes, overrides]) out.number(value);
  await out.flush();
  await connection.finish();
}
