// `vixen store serve`: the store for others, over gRPC, as a binary cache, and over the worker protocol of nix-daemon.
import fs from 'node:fs';
import { type Store, StoreError } from '@vixen/store';
import { isSystemError, systemErrorSentence } from '../../../node/system-error.ts';
import type { Flag } from '../../flags.ts';
import { log } from '../../output.ts';
import { storeCommand } from '../../store/command.ts';
import type { StoreContext } from '../../store/context.ts';
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
  tokenFile: string | undefined;
  certificate: string | undefined;
  certificateKey: string | undefined;
  clientCa: string | undefined;
  readonly clients: string[] = [];
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
    {
      names: ['--token-file'],
      labels: ['file'],
      help: 'who has what is in it may write (HTTP, gRPC)',
      run: (file) => (this.tokenFile = file!),
    },
    { names: ['--tls-cert'], labels: ['file'], help: "gRPC's certificate (PEM)", run: (file) => (this.certificate = file!) },
    { names: ['--tls-key'], labels: ['file'], help: 'its key', run: (file) => (this.certificateKey = file!) },
    {
      names: ['--tls-client-ca'],
      labels: ['file'],
      help: 'ask clients for certificates of this authority',
      run: (file) => (this.clientCa = file!),
    },
    {
      names: ['--tls-client'],
      labels: ['name'],
      help: 'who has a certificate of this common name may write',
      run: (name) => this.clients.push(name!),
    },
    { names: ['--trusted'], help: 'clients of the daemon may add what is not signed', run: () => (this.trusted = true) },
    { names: ['--log-requests'], help: 'a line for each request', run: () => (this.verbose = true) },
  ];
}

/** What is in a file: secrets are never taken from the command line, where others can see them. */
function readFile(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (isSystemError(error)) throw new StoreError('io', systemErrorSentence(error), { cause: error });
    throw error;
  }
}

function readToken(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const token = readFile(file).toString('utf8').trim();
  if (token === '') throw new StoreError('invalid', `file '${file}' holds no token`);
  return token;
}

function tlsOf({ certificate, certificateKey, clientCa }: ServeSettings) {
  if (certificate === undefined && certificateKey === undefined) return undefined;
  if (certificate === undefined || certificateKey === undefined) throw new UsageError("'--tls-cert' and '--tls-key' belong together");
  return {
    certificate: readFile(certificate),
    key: readFile(certificateKey),
    ...(clientCa !== undefined && { clientCa: readFile(clientCa) }),
  };
}

const sayError = (error: unknown) => log(`error: ${error instanceof Error ? error.message : String(error)}`);

async function serveGrpcAt(context: StoreContext, store: Store, address: string, settings: ServeSettings): Promise<Running> {
  const { allRights, serveGrpc } = await import('@vixen/store/grpc');
  const token = readToken(settings.tokenFile);
  const tls = tlsOf(settings);
  // A socket that only its owner can reach needs no token; elsewhere everybody may read.
  const local = address.startsWith('unix:');
  const access = {
    anonymous: local && token === undefined ? allRights : (['read'] as const),
    ...(token !== undefined && { tokens: [{ token, rights: allRights }] }),
    certificates: settings.clients.map((commonName) => ({ commonName, rights: allRights })),
  };
  const openLease = () => context.openAgain();
  const server = await serveGrpc(store, {
    listen: [{ address, tls, access }],
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
    uploadToken: readToken(settings.tokenFile),
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
