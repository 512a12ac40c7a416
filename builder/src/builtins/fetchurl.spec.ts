import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@vixen/store';
import { nativeHashers } from '@vixen/store/castore';
import type { Hash } from '@vixen/wasm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { archiveOf, collectBytes, sourceOf } from '../../../store/src/testing/trees.ts';
import { buildDerivation } from '../index.ts';
import { storeDir } from '../plan/names.ts';
import { addDerivation, FakeBuilder, settings } from '../testing/derivations.ts';

let store: Store;
let server: http.Server;
let base: string;
let asked: { url: string; authorization: string | undefined }[] = [];
let failures = 0;

beforeAll(async () => {
  server = http.createServer((request, response) => {
    asked.push({ url: request.url!, authorization: request.headers.authorization });
    if (failures-- > 0) response.writeHead(503).end();
    else if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else if (request.url === '/file') response.end('contents');
    else if (request.url === '/archive') response.end(archiveOf({ entries: { run: { file: 'x', executable: true } } }));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

beforeEach(async () => {
  store = await openStore('memory:', { requireSignatures: false });
  asked = [];
  failures = 0;
});
afterEach(() => store.close());

const sha256 = (bytes: Uint8Array): Hash => ({ algo: 'sha256', digest: nativeHashers('sha256').update(bytes).digest() });

async function fetching(env: Record<string, string>, method: 'flat' | 'nar', contents: Uint8Array, inputs: readonly string[] = []) {
  const hash = sha256(contents);
  const out = storeDir('/nix/store').makeFixedOutputPath('file', { method, hash });
  const parts = { system: 'builtin', builder: 'builtin:fetchurl', inputSources: inputs, env: { out, ...env } };
  return { out, given: await addDerivation(store, 'file', { ...parts, outputs: { out: { type: 'fixed', path: out, method, hash } } }) };
}

async function fetched(
  env: Record<string, string>,
  method: 'flat' | 'nar',
  contents: Uint8Array,
  more: Partial<typeof settings> = {},
  inputs: string[] = [],
) {
  const { out, given } = await fetching(env, method, contents, inputs);
  const builder = new FakeBuilder(store, () => ({}));
  await buildDerivation(given, { store, builder, settings: { ...settings, ...more } });
  return Buffer.from(await collectBytes(store.nar(out)));
}

const file = Buffer.from('contents');

test('a file', async () => {
  expect(await fetched({ url: `${base}/moved` }, 'flat', file)).toEqual(Buffer.from(archiveOf({ file })));
});

test('an executable', async () => {
  const archive = archiveOf({ file, executable: true });
  expect(await fetched({ url: `${base}/file`, executable: '1' }, 'nar', archive)).toEqual(Buffer.from(archive));
});

test('an archive, unpacked', async () => {
  const archive = archiveOf({ entries: { run: { file: 'x', executable: true } } });
  expect(await fetched({ url: `${base}/archive`, unpack: '1' }, 'nar', archive)).toEqual(Buffer.from(archive));
});

test('a server that is busy is asked again', async () => {
  failures = 1;
  await fetched({ url: `${base}/file` }, 'flat', file);
  expect(asked.length).toBe(2);
});

test('passwords come from the netrc file', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-netrc-'));
  const netrcFile = path.join(folder, 'netrc');
  fs.writeFileSync(netrcFile, 'machine 127.0.0.1 login me password secret\n');
  await fetched({ url: `${base}/file` }, 'flat', file, { netrcFile });
  fs.rmSync(folder, { recursive: true });
  expect(asked[0]!.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
});

test('mirrors are asked by hash before', async () => {
  await fetched({ url: `${base}/file` }, 'flat', file, { hashedMirrors: [`${base}/mirror`] });
  expect(asked.map(({ url }) => url)).toEqual([`/mirror/sha256/${Buffer.from(sha256(file).digest).toString('hex')}`, '/file']);
});

test('a file: URL shows inputs, and nothing of this machine', async () => {
  const source = sourceOf({ entries: { inner: { file } } });
  await store.add(source.info, [source.nar]);
  await fetched({ url: `file://${source.info.path}/inner` }, 'flat', file, {}, [source.info.path]);
  await expect(fetched({ url: 'file:///etc/passwd' }, 'flat', Buffer.from('other'))).rejects.toMatchObject({ code: 'failed' });
});

test('a wrong hash, a file that is missing, and an attribute that is', async () => {
  await expect(fetched({ url: `${base}/file` }, 'flat', Buffer.from('other'))).rejects.toMatchObject({ code: 'hash-mismatch' });
  // What the first one got is kept, so that it need not be fetched again.
  const { given } = await fetching({ url: `${base}/none` }, 'flat', Buffer.from('another'));
  const builder = new FakeBuilder(store, () => ({}));
  await expect(buildDerivation(given, { store, builder, settings })).rejects.toMatchObject({ code: 'failed', exitCode: 1 });
  const log = Buffer.from(await collectBytes((await store.logs!.get(given.drvPath))!)).toString();
  expect(log).toContain(`${base}/none`);
  await expect(fetched({}, 'flat', Buffer.from('a third'))).rejects.toMatchObject({ code: 'failed' });
});
