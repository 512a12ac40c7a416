// Servers that the page may fetch from, one that lets pages read what it has, and one that does not.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Origin {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
  /** What was asked for. */
  readonly requests: string[];
  close(): Promise<void>;
}

export async function openOrigin(files: Readonly<Record<string, string | Uint8Array>>, { cors }: { cors: boolean }): Promise<Origin> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { url = '/', headers } = request;
    requests.push([url, headers.referer, headers.cookie].filter((part) => part !== undefined).join(' '));
    const contents = files[url];
    response.writeHead(contents === undefined ? 404 : 200, cors ? { 'access-control-allow-origin': '*' } : {});
    response.end(contents);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://${host}`, host, requests, close };
}
