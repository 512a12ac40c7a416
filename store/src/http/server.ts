/**
 * Any store as a binary cache over HTTP, which Nix substitutes from and, with a token, copies to. `server-read.ts` answers GET and HEAD, `server-upload.ts`
 * PUT. It is meant for a trusted network or to stand behind a proxy that speaks TLS.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StoreError, type StoreErrorCode } from '../errors.ts';
import type { SecretKey } from '../formats/keys.ts';
import type { Store } from '../service.ts';
import { drain, send } from './respond.ts';
import { ReadHandler } from './server-read.ts';
import { UploadHandler } from './server-upload.ts';

export interface ServedRequest {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly address: string;
  /** What went wrong inside, for the log; clients are not told. */
  readonly error?: unknown;
}

export interface ServeOptions {
  /** 127.0.0.1 */
  readonly host?: string;
  /** 0: any that is free. */
  readonly port?: number;
  /** Sign what is served, in addition to the signatures that are there. */
  readonly secretKeys?: readonly SecretKey[];
  /** What clients are told; lower is asked first. */
  readonly priority?: number;
  /** How archives are sent. */
  readonly compression?: 'none' | 'zstd';
  /** Who knows it (as bearer token, or as the password of any user) may upload. Without it the cache is read-only. */
  readonly uploadToken?: string | undefined;
  /** Whether uploaded paths need signatures that the store trusts; false, since the token is trusted. */
  readonly checkSignatures?: boolean;
  /** Bytes of the largest archive that may be uploaded, compressed or not; 64 GiB. */
  readonly largestUpload?: number;
  readonly maxConnections?: number;
  /** Milliseconds that a connection may be silent. */
  readonly stallTimeout?: number;
  /** Milliseconds that requests have to end when the server is closed. */
  readonly closeTimeout?: number;
  readonly onRequest?: (request: ServedRequest) => void;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets those that run end, and cuts off those that do not. The store stays open. */
  close(): Promise<void>;
}

const defaults = {
  host: '127.0.0.1',
  port: 0,
  priority: 30,
  compression: 'none' as const,
  checkSignatures: false,
  largestUpload: 64 * 1024 ** 3,
  maxConnections: 1000,
  stallTimeout: 120_000,
  closeTimeout: 10_000,
};

/** Starts serving. Fails with `io` where the address cannot be had. */
export async function serveHttp(store: Store, options: ServeOptions = {}): Promise<HttpServer> {
  const settings = { ...defaults, ...options };
  const stop = new AbortController();
  const reads = new ReadHandler(store, { ...settings, secretKeys: options.secretKeys ?? [] });
  const uploads = new UploadHandler(store, { ...settings, token: options.uploadToken });
  const handle = async (request: IncomingMessage, response: ServerResponse, path: string, signal: AbortSignal) => {
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (!(await uploads.answerRead(request, response, path, signal))) await reads.answer(request, response, path, signal);
    } else if (request.method === 'PUT') await uploads.answer(request, response, path, signal);
    else send(response, 405, 'method not allowed', { allow: 'GET, HEAD, PUT' });
  };
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000, keepAliveTimeout: 30_000 }, (request, response) => {
    serveOne(request, response, { handle, stop: stop.signal, onRequest: options.onRequest });
  });
  // Who asks before he sends a large body is told before.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (uploads.mayUpload(request)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.maxConnections = settings.maxConnections;
  server.setTimeout(settings.stallTimeout, (socket) => socket.destroy());
  await listen(server, settings.port, settings.host);
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { url: `http://${host}:${port}`, port, close: () => closeServer(server, stop, settings.closeTimeout, uploads) };
}

interface Serving {
  handle(request: IncomingMessage, response: ServerResponse, path: string, signal: AbortSignal): Promise<void>;
  stop: AbortSignal;
  onRequest: ServeOptions['onRequest'];
}

/** One request. It ends early when its client goes away. */
async function serveOne(request: IncomingMessage, response: ServerResponse, { handle, stop, onRequest }: Serving): Promise<void> {
  const started = performance.now();
  const gone = new AbortController();
  response.once('close', () => gone.abort(new StoreError('unavailable', 'the client went away')));
  const path = (request.url ?? '/').replace(/\?.*$/s, '');
  const address = request.socket.remoteAddress ?? '';
  let failure: unknown;
  try {
    await handle(request, response, path, AbortSignal.any([stop, gone.signal]));
  } catch (error) {
    failure = error;
    answerFailure(response, error);
  }
  onRequest?.({
    method: request.method ?? '',
    path,
    status: response.statusCode,
    milliseconds: Math.round(performance.now() - started),
    address,
    ...(failure === undefined ? {} : { error: failure }),
  });
}

const statuses: Readonly<Record<StoreErrorCode, number>> = {
  'not-found': 404,
  invalid: 400,
  corrupt: 400,
  untrusted: 403,
  forbidden: 403,
  unsupported: 501,
  'in-use': 409,
  exhausted: 507,
  unavailable: 503,
  io: 500,
};

function answerFailure(response: ServerResponse, error: unknown): void {
  // What has begun cannot become an error: the client has to see that it breaks off.
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof StoreError && error.code !== 'io';
  send(response, error instanceof StoreError ? statuses[error.code] : 500, known ? error.message : 'internal error');
  drain(response.req);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new StoreError('io', `cannot listen on ${host}:${port}: ${cause.message}`, { cause })));
    server.listen(port, host, resolve);
  });
}

async function closeServer(server: Server, stop: AbortController, timeout: number, uploads: UploadHandler): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => {
    stop.abort(new StoreError('unavailable', 'the server is closing'));
    server.closeAllConnections();
  }, timeout);
  await closed;
  clearTimeout(timer);
  stop.abort(new StoreError('unavailable', 'the server is closed'));
  await uploads.close();
}
