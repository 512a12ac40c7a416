import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { HttpSource } from './http-source.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/pack`;
}

test('reads, and tells of the bytes', async () => {
  const url = await serve((request, response) => response.end(request.url));
  let bytes = 0;
  const options = { limit: 100, fetched: (count: number) => (bytes += count) };
  const body = await new HttpSource({ url }).read('blocks/x.bin', options);
  expect(new TextDecoder().decode(body)).toBe('/pack/blocks/x.bin');
  expect(bytes).toBe(body.length);
});

test('more bytes than there should be are not taken in', async () => {
  const url = await serve((_request, response) => {
    const more = () => response.write('x'.repeat(65536), () => setTimeout(more, 1));
    more();
  });
  await expect(new HttpSource({ url }).read('blocks/x.bin', { limit: 100_000, fetched: () => {} })).rejects.toMatchObject({
    code: 'damaged',
  });
});

test.each([
  [404, 'pack.json', 'absent'],
  [404, 'blocks/x.bin', 'missing'],
  [500, 'pack.json', 'offline'],
])('status %i for %s is %s', async (status, name, code) => {
  const url = await serve((_request, response) => response.writeHead(status).end());
  await expect(new HttpSource({ url }).read(name, { limit: 100, fetched: () => {} })).rejects.toMatchObject({ code });
});

test('a server that says nothing, or is not there, is no connection', async () => {
  const options = { limit: 100, fetched: () => {} };
  const url = await serve(() => {});
  await expect(new HttpSource({ url, patience: 50 }).read('pack.json', options)).rejects.toMatchObject({ code: 'offline' });
  server!.closeAllConnections();
  server!.close();
  await expect(new HttpSource({ url }).read('pack.json', options)).rejects.toMatchObject({ code: 'offline' });
});
