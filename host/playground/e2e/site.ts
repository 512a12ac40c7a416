// The static files, built into a folder of their own and served below a path, as any host of static files would.
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const room = fileURLToPath(new URL('..', import.meta.url));

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** What the page's own policy says, for the worker too, which has no document. It alone may connect elsewhere: it fetches what was allowed. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' https: http:";

const prefix = '/some/where/';

export interface Site {
  /** Where the page is. */
  readonly url: string;
  readonly folder: string;
  /** What was asked for, without the prefix; specs may look and empty it. */
  readonly requests: string[];
  /** Stops the server, as if the network were gone. */
  close(): Promise<void>;
  /** Also removes the files. */
  remove(): Promise<void>;
}

/** Builds and serves. `prepare` may put more into the folder. */
export async function openSite(prepare: (folder: string) => void | Promise<void> = () => {}): Promise<Site> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-playground-'));
  await build({
    root: room,
    configFile: path.join(room, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
  // A pack that somebody has made for their own page is none of the specs'.
  fs.rmSync(path.join(folder, 'pack'), { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, 'pack'));
  fs.writeFileSync(path.join(folder, 'pack/pack.json'), '{}\n');
  await prepare(folder);
  const requests: string[] = [];
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    requests.push(pathname.slice(prefix.length));
    serve(folder, pathname, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => closed(server);
  const remove = async () => {
    await close();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`, folder, requests, close, remove };
}

function serve(folder: string, pathname: string, response: ServerResponse) {
  const name = decodeURIComponent(pathname.slice(prefix.length)) || 'index.html';
  const file = path.join(folder, name);
  const isThere = pathname.startsWith(prefix) && file.startsWith(folder) && fs.statSync(file, { throwIfNoEntry: false })?.isFile();
  if (!isThere) {
    response.writeHead(404).end();
    return;
  }
  const type = types[path.extname(file)] ?? 'application/octet-stream';
  const isWorker = /\bmain-[^/]*\.js$/.test(file);
  response.writeHead(200, { 'content-type': type, ...(isWorker && { 'content-security-policy': policy }) });
  fs.createReadStream(file).pipe(response);
}

async function closed(server: Server) {
  if (!server.listening) return;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
