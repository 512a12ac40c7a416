import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../compression/bytes.ts';
import { shownUrl } from './answer.ts';
import { HttpClient } from './client.ts';
import { Netrc } from './netrc.ts';
import { parseRange } from './range.ts';

let requests: IncomingMessage[];
let handler: (request: IncomingMessage, response: ServerResponse, count: number) => void;
const server = createServer((request, response) => {
  requests.push(request);
  handler(request, response, requests.length);
});
let base: string;
let client: HttpClient;
const warnings: string[] = [];

beforeEach(async () => {
  requests = [];
  warnings.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = new HttpClient({ attempts: 3, firstPause: 5, stallTimeout: 500, warn: (message) => warnings.push(message) });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const at = (name = '/x') => new URL(name, base);
const text = async (name?: string) => (await client.bytes(at(name), 1000))?.bytes.toString();
const download = async (name?: string) => (await collect(client.download(at(name))))!;

test('what passes is tried again, with a warning', async () => {
  handler = (_, response, count) => response.writeHead(count < 3 ? 503 : 200).end(count < 3 ? '' : 'there');
  expect(await text()).toBe('there');
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^unable to download 'http:\/\/127\.0\.0\.1:\d+\/x': HTTP error 503; retrying in \d+ ms \(attempt 1\/3\)$/);
});

test('what does not pass ends', async () => {
  handler = (_, response) => response.writeHead(500).end('no good');
  await expect(text()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('HTTP error 500\n\nresponse body:\n\nno good'),
  });
  expect(requests).toHaveLength(3);
});

test.each([
  [404, undefined],
  [403, undefined],
  [410, undefined],
])('%i is nothing', async (status, expected) => {
  handler = (_, response) => response.writeHead(status).end('x');
  expect(await text()).toBe(expected);
  expect(await client.exists(at())).toBe(false);
  await expect(download()).rejects.toMatchObject({ code: 'not-found' });
  expect(requests).toHaveLength(3);
});

test.each([
  [401, 'forbidden'],
  [400, 'io'],
  [501, 'io'],
])('%i is an error at once', async (status, code) => {
  handler = (_, response) => response.writeHead(status).end();
  await expect(text()).rejects.toMatchObject({ code });
  await expect(client.exists(at())).rejects.toMatchObject({ code });
  expect(requests).toHaveLength(2);
});

test('a server may say how long to wait', async () => {
  handler = (_, response, count) => (count === 1 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end('x'));
  const started = Date.now();
  expect(await text()).toBe('x');
  expect(Date.now() - started).toBeGreaterThan(950);
});

const whole = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));

test('a download that breaks off goes on from where it was', async () => {
  handler = ({ headers }, response, count) => {
    const range = parseRange(headers.range, whole.length) as { first: number } | undefined;
    const from = range?.first ?? 0;
    response.writeHead(range ? 206 : 200, {
      etag: '"1"',
      'content-length': whole.length - from,
      ...(range ? { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
    });
    if (count === 3) response.end(whole.subarray(from));
    else response.write(whole.subarray(from, from + 30_000), () => setTimeout(() => response.destroy(), 20));
  };
  expect((await download()).equals(whole)).toBe(true);
  expect(requests.map(({ headers }) => [headers.range, headers['if-range']])).toEqual([
    [undefined, undefined],
    ['bytes=30000-', '"1"'],
    ['bytes=60000-', '"1"'],
  ]);
});

test('a server without ranges sends all again, and a changed file is an error', async () => {
  let etag = '"1"';
  const breakOnce = (_: IncomingMessage, response: ServerResponse, count: number) => {
    response.writeHead(200, { etag, 'content-length': whole.length });
    if (count % 2 === 0) response.end(whole);
    else response.write(whole.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 20));
  };
  handler = breakOnce;
  expect((await download()).equals(whole)).toBe(true);
  handler = (request, response, count) => {
    etag = `"${count}"`;
    breakOnce(request, response, count);
  };
  await expect(download()).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('changed') });
});

test('a wrong range is not taken for the rest', async () => {
  handler = (_, response, count) => {
    if (count === 1) {
      response.writeHead(200, { 'content-length': whole.length });
      response.write(whole.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 20));
    } else response.writeHead(206, { 'content-range': `bytes 0-${whole.length - 1}/${whole.length}` }).end(whole);
  };
  await expect(download()).rejects.toMatchObject({ code: 'io' });
});

test('a server that says nothing', async () => {
  handler = () => {};
  await expect(text()).rejects.toMatchObject({ code: 'unavailable' });
  expect(requests).toHaveLength(3);
});

test('nobody there', async () => {
  const gone = new URL('http://127.0.0.1:1/x');
  await expect(client.bytes(gone, 10)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
});

test('more than was expected', async () => {
  handler = (_, response) => response.end(Buffer.alloc(2000));
  await expect(text()).rejects.toMatchObject({ code: 'invalid' });
});

test('redirects keep credentials to their host', async () => {
  const other = createServer((request, response) => response.end(request.headers.authorization ?? 'none'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  handler = ({ url, headers }, response) => {
    if (url === '/here') response.writeHead(302, { location: '/there' }).end();
    else if (url === '/away') response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    else if (url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else response.end(headers.authorization ?? 'none');
  };
  const withUser = (name: string) => {
    const url = at(name);
    url.username = 'me';
    url.password = 'p%40ss';
    return url;
  };
  const read = async (name: string) => (await client.bytes(withUser(name), 1000))!.bytes.toString();
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  expect(await read('/here')).toBe(basic);
  expect(await read('/away')).toBe('none');
  await expect(read('/file')).rejects.toThrow('redirects to something that is no HTTP URL');
  await expect(read('/loop')).rejects.toThrow('redirects more than 20 times');
  expect(await client.bytes(withUser('/loop'), 10).catch((error: Error) => error.message)).not.toMatch(/p%40ss|p@ss/);
  await new Promise((resolve) => other.close(resolve));
});

test('uploads are sent again from their start', async () => {
  const bodies: string[] = [];
  handler = (request, response, count) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(count === 1 ? 503 : 200).end();
    });
  };
  const contents = { size: 5, read: () => [Buffer.from('he'), Buffer.from('llo')], type: 'text/plain' };
  await client.put(at(), contents);
  expect(bodies).toEqual(['hello', 'hello']);
  expect(requests[0]!.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '5' });
});

test('ends when it is told to, also while it waits', async () => {
  handler = (_, response) => response.writeHead(503, { 'retry-after': '50' }).end();
  const reason = new Error('stop');
  const stop = new AbortController();
  setTimeout(() => stop.abort(reason), 50);
  await expect(client.bytes(at(), 10, { signal: stop.signal })).rejects.toBe(reason);
  handler = () => {};
  const second = new AbortController();
  setTimeout(() => second.abort(reason), 50);
  await expect(collect(client.download(at(), { signal: second.signal }))).rejects.toBe(reason);
});

test('netrc', () => {
  const netrc = Netrc.parse(`
    # a remark
    machine a.example login me password "with \\"quotes\\" and spaces"
    machine b.example
      login you
      password secret
    macdef init
      machine c.example login x password y

    default login anonymous password guest`);
  expect(netrc.login('a.example')).toEqual({ user: 'me', password: 'with "quotes" and spaces' });
  expect(netrc.login('b.example')).toEqual({ user: 'you', password: 'secret' });
  expect(netrc.login('c.example')).toEqual({ user: 'anonymous', password: 'guest' });
  expect(Netrc.parse('').login('x')).toBeUndefined();
});

test('netrc is asked for the host, and passwords are not shown', async () => {
  handler = ({ headers }, response) => response.end(headers.authorization ?? 'none');
  expect(await text()).toBe('none');
  expect(shownUrl('http://me:secret@host/x')).toBe('http://host/x');
});
