import http from 'node:http';
import net from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from '../compression/bytes.ts';
import { decompress } from '../compression/index.ts';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { PublicKeys, SecretKey } from '../formats/keys.ts';
import { formatNarInfo, parseNarInfo } from '../formats/narinfo.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { sampleClosure } from '../testing/sample-closure.ts';
import { type HttpServer, type ServedRequest, type ServeOptions, serveHttp } from './server.ts';

let store: Store;
let server: HttpServer;
const log: ServedRequest[] = [];
const key = SecretKey.generate('server-1');
const samples = sampleClosure({ paths: 2, size: 700_000 });
const { info, nar } = samples[0]!;
const bytes = (await collect(nar()))!;
const hashPart = info.path.slice(11, 43);

async function start(options: ServeOptions = {}) {
  await server?.close();
  log.length = 0;
  server = await serveHttp(store, {
    secretKeys: [key],
    uploadToken: 'secret',
    closeTimeout: 200,
    onRequest: (one) => log.push(one),
    ...options,
  });
}

beforeEach(async () => {
  store = await openStore('memory:', { requireSignatures: false });
  await store.add(info, nar());
  await start();
});
afterEach(async () => {
  await server.close();
  await store.close();
});

const get = (name: string, init?: RequestInit) => fetch(`${server.url}/${name}`, init);
const narInfo = async () => parseNarInfo(await (await get(`${hashPart}.narinfo`)).text(), { whence: 'x' });
const put = (name: string, body: BodyInit, headers: Record<string, string> = { authorization: 'Bearer secret' }) =>
  get(name, { method: 'PUT', body, headers });

test('what a cache says of itself', async () => {
  expect(await (await get('nix-cache-info')).text()).toBe('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 30\n');
});

test('narinfos are signed on their way', async () => {
  const found = await narInfo();
  expect(found).toMatchObject({ path: info.path, narSize: info.narSize, compression: 'none', fileSize: info.narSize });
  expect([...new PublicKeys([key.publicKey]).signers(pathFingerprint(found), found.signatures)]).toEqual(['server-1']);
  expect((await get(`${'0'.repeat(32)}.narinfo`)).status).toBe(404);
  const head = await get(`${hashPart}.narinfo`, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
});

test('archives, whole and in ranges', async () => {
  const { url } = await narInfo();
  const whole = await get(url);
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  for (const [range, first, last] of [
    ['bytes=0-99', 0, 99],
    ['bytes=300000-', 300_000, bytes.length - 1],
    ['bytes=-5', bytes.length - 5, bytes.length - 1],
    [`bytes=600000-${bytes.length * 2}`, 600_000, bytes.length - 1],
  ] as const) {
    const part = await get(url, { headers: { range } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes ${first}-${last}/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(first, last + 1))).toBe(true);
  }
  expect((await get(url, { headers: { range: `bytes=${bytes.length}-` } })).status).toBe(416);
  expect((await get(url, { headers: { range: 'bytes=0-9', 'if-range': '"other"' } })).status).toBe(200);
  expect((await get(url, { headers: { range: 'lines=1-2' } })).status).toBe(200);
  expect((await get(url, { method: 'HEAD' })).headers.get('content-length')).toBe(String(bytes.length));
});

test('compressed archives', async () => {
  await start({ compression: 'zstd' });
  const { url, compression } = await narInfo();
  expect([compression, url.endsWith('.nar.zst')]).toEqual(['zstd', true]);
  const body = (await get(url)).body as unknown as AsyncIterable<Uint8Array>;
  expect((await collect(decompress('zstd', body)))!.equals(bytes)).toBe(true);
});

test('listings, logs, realisations', async () => {
  expect(Object.keys((await (await get(`${hashPart}.ls`)).json()).root.entries)).toContain('file-0');
  const name = '00000000000000000000000000000001-x.drv';
  expect((await get(`log/${name}`)).status).toBe(404);
  expect((await put(`log/${name}`, 'a log')).status).toBe(200);
  expect(await (await get(`log/${name}`)).text()).toBe('a log');
  const id = `sha256:${'0'.repeat(64)}!out`;
  const realisation = { dependentRealisations: {}, id, outPath: info.path.slice(11), signatures: [] };
  expect((await put(`realisations/${id}.doi`, JSON.stringify(realisation))).status).toBe(200);
  expect((await (await get(`realisations/${encodeURIComponent(id)}.doi`)).json()).outPath).toBe(info.path.slice(11));
  expect((await put(`realisations/sha256:${'1'.repeat(64)}!out.doi`, JSON.stringify(realisation))).status).toBe(400);
});

test.each([
  '..%2f..%2fetc/passwd',
  '%2e%2e/x.narinfo',
  'nar/../../x',
  'log/..%2fx',
  'realisations/..%2fx.doi',
  '%00',
  '%',
  'nar/x.nar',
  `${'e'.repeat(32)}.narinfo`,
  '',
])('no file, and no error: %s', async (name) => {
  const answer = await raw(`GET /${name} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 (404|400) /);
});

/** What the server answers to bytes, until it closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

test('other methods are not allowed', async () => {
  expect((await get('nix-cache-info', { method: 'DELETE' })).status).toBe(405);
  expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

test('uploads need the token', async () => {
  const basic = (login: string) => ({ authorization: `Basic ${Buffer.from(login).toString('base64')}` });
  for (const headers of [
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'Bearer secre' },
    basic('secret:wrong'),
    basic('secret'),
  ]) {
    expect((await put('nix-cache-info', 'x', headers as Record<string, string>)).status).toBe(401);
  }
  expect((await put('nix-cache-info', 'x', basic('anyone:secret'))).status).toBe(200);
  await start({ uploadToken: undefined });
  expect((await put('nix-cache-info', 'x')).status).toBe(401);
  expect(JSON.stringify(log)).not.toContain('secret');
});

const second = samples[1]!;
const secondBytes = (await collect(second.nar()))!;
const secondPart = second.info.path.slice(11, 43);

test('an upload is checked before it is registered', async () => {
  const uploaded = {
    ...second.info,
    url: '',
    compression: 'none',
    fileHash: { algo: 'sha256' as const, digest: second.info.narHash },
    fileSize: second.info.narSize,
  };
  const text = formatNarInfo(uploaded);
  const name = `nar/${/NarHash: sha256:(\S+)/.exec(text)![1]}.nar`;
  const good = formatNarInfo({ ...uploaded, url: name });
  expect((await put(`${secondPart}.narinfo`, good)).status).toBe(400);
  expect((await put(name, new Uint8Array(bytes))).status).toBe(400);
  expect((await get(name, { method: 'HEAD' })).status).toBe(404);
  expect((await put(name, new Uint8Array(secondBytes))).status).toBe(200);
  expect((await get(name, { method: 'HEAD' })).status).toBe(200);
  const other = formatNarInfo({
    ...uploaded,
    url: name,
    narHash: info.narHash,
    ca: 'fixed:r:sha256:0000000000000000000000000000000000000000000000000000',
  });
  expect((await put(`${secondPart}.narinfo`, other)).status).toBe(400);
  expect((await put(`${hashPart}.narinfo`, good)).status).toBe(400);
  expect(await store.pathInfo(second.info.path)).toBeUndefined();
  expect((await put(`${secondPart}.narinfo`, good)).status).toBe(200);
  expect(await store.pathInfo(second.info.path)).toMatchObject(second.info);
  // Who uploaded it may ask for it by the name that he gave.
  expect(Buffer.from(await (await get(name)).arrayBuffer()).equals(secondBytes)).toBe(true);
  // Once more, with a signature.
  expect((await put(`${secondPart}.narinfo`, `${good}Sig: more-1:AAAA\n`)).status).toBe(200);
  expect((await store.pathInfo(second.info.path))!.signatures).toEqual(['more-1:AAAA']);
});

test('paths without a signature are refused where signatures are checked', async () => {
  await store.close();
  store = await openStore('memory:', { trustedPublicKeys: [key.publicKey.toString()] });
  await start({ checkSignatures: true });
  const { ca: _, ...plain } = info;
  const unsigned = { ...plain, url: '', compression: 'none', fileSize: 0 };
  const name = `nar/${/NarHash: sha256:(\S+)/.exec(formatNarInfo(unsigned))![1]}.nar`;
  expect((await put(name, new Uint8Array(bytes))).status).toBe(200);
  expect((await put(`${hashPart}.narinfo`, formatNarInfo({ ...unsigned, url: name }))).status).toBe(403);
  const signed = { ...unsigned, url: name, signatures: [key.sign(pathFingerprint(info))] };
  expect((await put(`${hashPart}.narinfo`, formatNarInfo(signed))).status).toBe(200);
});

test('what is too large is refused', async () => {
  await start({ largestUpload: 1000 });
  expect((await put(`nar/${'0'.repeat(52)}.nar`, new Uint8Array(2000))).status).toBe(507);
});

test('a failing store is an error without details', async () => {
  await store.close();
  const broken = { ...store, pathFromHashPart: () => Promise.reject(new Error('password in here')) } as unknown as Store;
  await server.close();
  server = await serveHttp(broken, { onRequest: (one) => log.push(one) });
  const answer = await get(`${hashPart}.narinfo`);
  expect([answer.status, await answer.text()]).toEqual([500, 'internal error\n']);
  expect(log.at(-1)!.error).toMatchObject({ message: 'password in here' });
});

test('silent clients are cut off', async () => {
  await start({ stallTimeout: 100 });
  const answer = raw('GET /nix-cache-info HTTP/1.1\r\nHost: x\r\n');
  await expect(answer.then((text) => !text.startsWith('HTTP/1.1 200'))).resolves.toBe(true);
});

test('who does not read what he asked for does not keep it forever, nor others from being served', async () => {
  await start({ stallTimeout: 2000 });
  const { url } = await narInfo();
  const socket = net.connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.pause();
  for (let i = 0; i < 40; i++) socket.write(`GET /${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect(await raw('GET /nix-cache-info HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  socket.resume();
  await new Promise((resolve) => socket.on('close', resolve));
});

test('closing lets requests end, and cuts off those that do not', async () => {
  const { url } = await narInfo();
  const slow = http.get(`${server.url}/${url}`);
  const broken = new Promise((resolve) => slow.on('response', (response) => response.pause().on('error', resolve).on('close', resolve)));
  slow.on('error', () => {});
  const hanging = net.connect(server.port, '127.0.0.1', () => hanging.write('PUT /log/x'));
  hanging.on('error', () => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = Date.now();
  await server.close();
  expect(Date.now() - started).toBeLessThan(2000);
  slow.destroy();
  await broken;
  await expect(fetch(`${server.url}/nix-cache-info`)).rejects.toThrow();
});

test('an address that is taken', async () => {
  await expect(serveHttp(store, { port: server.port })).rejects.toMatchObject({ code: 'io' });
});
