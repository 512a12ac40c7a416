// `vixen store serve`: the store for others, over gRPC, as a binary cache, and over the worker protocol of nix-daemon.
import type { Store } from '@vixen/store';
import type { Flag } from '../../flags.ts';
import { log } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import type { StoreContext } from '../../store/context.ts';
import { GrpcAccess } from '../../store/grpc-access.ts';
import { UsageError } from '../../usage.ts';
import { vixenVersion } from '../../version.ts';

interface Running {
  /** What others reach it by. */
  readonly address: string;
  close(): Promise<void>;
}

class ServeSettings {
  readonly grpc: string[] = [];
  readonly http: string[] = [];
  readonly daemon: string[] = [];
  readonly access = new GrpcAccess();
  trusted = false;
  verbose = false;

  readonly flags: Flag[] = [
    { names: ['--grpc'], labels: ['address'], help: 'gRPC: unix:/path, host:port', run: (address) => this.grpc.push(address!) },
    { names: ['--http'], labels: ['address'], help: 'a binary cache: host:port, or a port', run: (address) => this.http.push(address!) },
    {
      names: ['--daemon'],
      labels: ['socket'],
      help: "Nix's worker protocol, at a unix socket",
      run: (socket) => this.daemon.push(socket!),
    },
    ...this.access.flags,
    { names: ['--trusted'], help: 'clients of the daemon may add what is not signed', run: () => (this.trusted = true) },
    { names: ['--log-requests'], help: 'a line for each request', run: () => (this.verbose = true) },
  ];
}

const sayError = (error: unknown) => log(`error: ${error instanceof Error ? error.message : String(error)}`);

async function serveGrpcAt(context: StoreContext, store: Store, address: string, settings: ServeSettings): Promise<Running> {
  const { serveGrpc } = await import('@vixen/store/grpc');
  const openLease = () => context.openAgain();
  const server = await serveGrpc(store, {
    listen: [await settings.access.listener(address, ['read'])],
    openLease,
    version: `vixen ${vixenVersion}`,
    onError: sayError,
  });
  return { address: `grpc ${server.addresses[0]}`, close: () => server.close() };
}

async function serveHttpAt(context: StoreContext, store: Store, address: string, settings: ServeSettings): Promise<Running> {
  const { serveHttp } = await import('@vixen/store/http');
  const { readSecretKeyFiles } = await import('@vixen/store/formats');
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw new UsageError(`'\x0e${address}\x0f' is no address: HOST:PORT, or a port`);
  const secretKeys = await readSecretKeyFiles(context.config.settings.list('secret-key-files'));
  const server = await serveHttp(store, {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    secretKeys,
    uploadToken: settings.access.token,
    onRequest: ({ method, path, status, milliseconds, error }) => {
      if (error) sayError(error);
      if (settings.verbose) log(`${method} ${path} ${status} ${Math.round(milliseconds)} ms`);
    },
  });
  return { address: server.url, close: () => server.close() };
}

async function serveDaemonAt(context: StoreContext, socket: string, { trusted }: ServeSettings): Promise<Running> {
  const { serveDaemon } = await import('@vixen/store/daemon');
  const server = await serveDaemon(() => context.openAgain(), {
    socket,
    ...(trusted && { trusted }),
    programVersion: `2.34.8 (Vixen ${vixenVersion})`,
    checkOut: true,
    onError: sayError,
  });
  return { address: `unix://${server.socket}`, close: () => server.close() };
}

/** Starts all servers, or none. */
async function startAll(context: StoreContext, settings: ServeSettings): Promise<Running[]> {
  const store = await context.store();
  const running: Running[] = [];
  try {
    for (const address of settings.grpc) running.push(await serveGrpcAt(context, store, address, settings));
    for (const address of settings.http) running.push(await serveHttpAt(context, store, address, settings));
    for (const socket of settings.daemon) running.push(await serveDaemonAt(context, socket, settings));
  } catch (error) {
    await Promise.allSettled(running.map((server) => server.close()));
    throw error;
  }
  return running;
}

export const storeServe = storeCommand({
  usage: '(--grpc ADDRESS | --http ADDRESS | --daemon SOCKET)… [FLAGS]',
  about: 'Serves a store until it is interrupted. Addresses are printed on stderr once they can be reached.',
  examples: [
    '--http 8080',
    '--http 0.0.0.0:8080 --token-file token --option secret-key-files cache.sec',
    '--grpc unix:/run/user/1000/vixen.sock',
    '--daemon /tmp/vixen.sock',
  ],
  create() {
    const settings = new ServeSettings();
    return {
      flags: settings.flags,
      async run(context) {
        if (settings.grpc.length + settings.http.length + settings.daemon.length === 0) {
          throw new UsageError('nothing to serve: say --grpc, --http or --daemon');
        }
        const running = await startAll(context, settings);
        for (const { address } of running) log(`serving at ${address}`);
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
        await Promise.all(running.map((server) => server.close()));
      },
    };
  },
});
