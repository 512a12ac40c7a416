import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeText } from '@vixen/eval-core';
import { WasmHashes } from '@vixen/wasm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Workbench } from '../workbench/index.ts';
import { makeTar, paxMember, plainMembers } from './tar-fixture.ts';
import { type Permission, WebFetching } from './web-fetching.ts';

const { resolve } = createRequire(import.meta.url);
const compile = (file: string) => new WebAssembly.Module(fs.readFileSync(resolve(file)));
const evaluator = compile('@vixen/eval-core/vixen-eval.wasm');
const hashers = new WasmHashes(compile('@vixen/wasm/vixen-wasm.wasm')).createHasher;

const archive = makeTar(plainMembers);
const served: Record<string, (response: ServerResponse) => void> = {
  '/hello.txt': (response) => response.end('hello\n'),
  '/project.tar.gz': (response) => response.end(gzipSync(archive)),
  '/project.tar': (response) => response.end(archive),
  '/xz': (response) => response.end(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3)),
  '/damaged': (response) => response.end(gzipSync(archive).subarray(0, 200)),
  '/far-down': (response) => response.end(makeTar([paxMember({ path: `${'a/'.repeat(2000)}b` }), { name: 'b' }])),
  '/large': (response) => {
    const more = () => response.destroyed || response.write(new Uint8Array(2 ** 20), () => setImmediate(more));
    more();
  },
  '/said-large': (response) => response.writeHead(200, { 'content-length': String(2 ** 40) }).write('x'),
  '/moved': (response) => response.writeHead(302, { location: '/hello.txt' }).end(),
  '/never': () => {},
};

let server: Server;
let origin = '';
let requests: string[] = [];
let asked: string[] = [];
let answer: (url: URL, signal: AbortSignal) => boolean | Promise<boolean>;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url!);
    expect(request.headers).not.toHaveProperty('cookie');
    const serve = served[request.url!.split('?')[0]!];
    if (serve) serve(response);
    else response.writeHead(404).end('no such thing');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
  asked = [];
  answer = () => true;
});

const permitted: Permission = async (url, signal, send) => {
  asked.push(url.href);
  return (await answer(url, signal)) ? send() : undefined;
};

const opened = (time?: number, isSecure = false) => {
  const fetching = new WebFetching({ hashers, permitted, isSecure, advice: 'not here', unreadable: 'Take it along', refused: 'Ask again' });
  return new Workbench({ evaluator, hashers, fetching, limits: { time } });
};

async function evaluated(text: string, bench = opened(), signal?: AbortSignal): Promise<string> {
  const outcome = await bench.evaluate({ text: text.replaceAll('URL', origin) }, { signal });
  if (!outcome.ok) return outcome.problem.rendered.replaceAll(origin, 'URL');
  const copied = await bench.copy(outcome.value.value.id, 'nix');
  return copied.ok ? copied.value : copied.problem.rendered;
}

const zeros = '0'.repeat(52);

// The values of Nix 2.34.8, for the same files at `file:` URLs.
test.each([
  ['builtins.fetchurl "URL/hello.txt"', '"/nix/store/gy454w1cxaq731grqwylhzf4pp9r5izh-hello.txt"'],
  ['builtins.readFile (builtins.fetchurl "URL/hello.txt")', '"hello\\n"'],
  ['builtins.fetchTarball "URL/project.tar.gz"', '"/nix/store/k28j8bv3sf1dh1622imiallpf6fi9c8a-source"'],
  ['builtins.fetchTarball "URL/project.tar"', '"/nix/store/k28j8bv3sf1dh1622imiallpf6fi9c8a-source"'],
  ['builtins.fetchTarball { url = "URL/project.tar"; name = "named"; }', '"/nix/store/v9vswqa1yx96bwmnk6940xf60kxhivvp-named"'],
  ['(import (builtins.fetchTarball "URL/project.tar.gz")).answer', '42'],
  [
    'builtins.fetchTarball { url = "URL/project.tar"; sha256 = "1x7qrw5vhk2pada7wfchard5nxvg224hrqr005rxmj2w9mw5ry5l"; }',
    '"/nix/store/k28j8bv3sf1dh1622imiallpf6fi9c8a-source"',
  ],
  [
    'builtins.attrNames (builtins.getContext (builtins.fetchurl "URL/hello.txt"))',
    '[ "/nix/store/gy454w1cxaq731grqwylhzf4pp9r5izh-hello.txt" ]',
  ],
  ['builtins.readFile (builtins.fetchurl { url = "URL/moved"; name = "x"; })', '"hello\\n"'],
])('%s', async (text, value) => expect(await evaluated(text)).toBe(value));

test.each([
  [
    `builtins.fetchurl { url = "URL/hello.txt"; sha256 = "${zeros}"; }`,
    `hash mismatch in file downloaded from 'URL/hello.txt':\n         specified: sha256:${zeros}\n` +
      '         got:       sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq',
  ],
  [
    `builtins.fetchTarball { url = "URL/project.tar.gz"; sha256 = "${zeros}"; }`,
    `hash mismatch in file downloaded from 'URL/project.tar.gz':\n         specified: sha256:${zeros}\n` +
      '         got:       sha256:1x7qrw5vhk2pada7wfchard5nxvg224hrqr005rxmj2w9mw5ry5l',
  ],
  ['builtins.fetchurl "URL/absent"', "unable to download 'URL/absent': HTTP error 404\n\n       response body:\n\n       no such thing"],
  ['builtins.fetchTarball "URL/hello.txt"', 'Failed to open archive (Unrecognized archive format)'],
  ['builtins.fetchTarball "URL/xz"', "'URL/xz' is packed with xz, which pages cannot unpack"],
  ['builtins.fetchTarball "URL/damaged"', 'Failed to extract archive (the compressed data is damaged)'],
  ['builtins.fetchTarball "URL/far-down"', 'exceeds maximum NAR directory depth of 64'],
  ['builtins.fetchurl "URL/large"', "unable to download 'URL/large': it is larger than 64 MiB"],
  ['builtins.fetchurl "URL/said-large"', 'it is larger than 64 MiB'],
  [
    'builtins.fetchurl "http://127.0.0.1:1/x"',
    '127.0.0.1:1 does not let pages read it (it sends no CORS headers), or cannot be reached. Take it along',
  ],
])('fails: %s', async (text, message) => expect(await evaluated(text)).toContain(message));

test.each([
  ['builtins.fetchTarball "URL/a.tar.xz"', "'URL/a.tar.xz' is packed with xz"],
  ['builtins.fetchTarball "channel:nixos-unstable"', 'is packed with xz'],
  ['builtins.fetchTarball "URL/a.ZIP?x=1"', 'is packed with zip'],
  ['builtins.fetchurl "file:///etc/passwd"', "only 'https:' and 'http:' URLs can"],
  ['builtins.fetchurl "ftp://example.org/a"', "only 'https:' and 'http:' URLs can"],
  ['builtins.fetchurl "data:text/plain"', "only 'https:' and 'http:' URLs can"],
  ['builtins.fetchurl { url = "https://me:word@example.org/a"; name = "a"; }', "it holds a user's name or a password"],
  ['builtins.fetchurl { url = "nowhere"; name = "a"; }', "'nowhere' is not a valid URL"],
  [
    `builtins.fetchurl { url = "URL/\${builtins.concatStringsSep "" (builtins.genList (_: "x") 9000)}"; name = "a"; }`,
    'more than 8192 characters',
  ],
  ['builtins.fetchGit "https://example.org/a.git"', 'cannot be fetched here: not here'],
  ['builtins.fetchMercurial "https://example.org/a"', 'cannot be fetched here: not here'],
])('nobody is asked for: %s', async (text, message) => {
  expect(await evaluated(text)).toContain(message);
  expect(asked).toEqual([]);
  expect(requests).toEqual([]);
});

test('a page that came by https asks for https alone, and for what is on the same machine', async () => {
  const text = 'builtins.fetchurl "http://example.org/a"';
  expect(await evaluated(text, opened(undefined, true))).toContain('browsers let it request https alone');
  expect(asked).toEqual([]);
  expect(await evaluated('builtins.readFile (builtins.fetchurl "URL/hello.txt")', opened(undefined, true))).toBe('"hello\\n"');
});

test('a refusal is an error, and nothing is sent', async () => {
  answer = () => false;
  expect(await evaluated('builtins.fetchurl { url = "URL/hello.txt#part"; name = "x"; }')).toContain(
    "'URL/hello.txt' was not fetched: it was refused, and nothing was sent. Ask again",
  );
  expect(asked).toEqual([`${origin}/hello.txt`]);
  expect(requests).toEqual([]);
});

test('nothing is sent before the answer, and waiting for it takes no time', async () => {
  answer = () => new Promise((allow) => setTimeout(allow, 600, true));
  const value = evaluated('builtins.readFile (builtins.fetchurl "URL/hello.txt")', opened(300));
  await expect.poll(() => asked).toHaveLength(1);
  expect(requests).toEqual([]);
  expect(await value).toBe('"hello\\n"');
  expect(await evaluated('let f = n: f (n + 1) + f n; in builtins.seq (builtins.fetchurl "URL/hello.txt") (f 0)', opened(300))).toMatch(
    /time limit|stack overflow/,
  );
});

test('an evaluation that is given up takes its question with it', async () => {
  const stop = new AbortController();
  let withdrawn = false;
  answer = (_, signal) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        withdrawn = true;
        reject(signal.reason);
      });
    });
  const value = evaluated('builtins.fetchurl "URL/hello.txt"', opened(), stop.signal);
  await expect.poll(() => asked).toHaveLength(1);
  stop.abort();
  expect(await value).toContain('interrupted');
  expect(withdrawn).toBe(true);
  expect(requests).toEqual([]);
});

test('a failure that comes while the machine gives way is no rejection that nobody handles', async () => {
  answer = () => {
    for (const began = performance.now(); performance.now() - began < 30; );
    return Promise.reject(new Error('no question can be shown'));
  };
  expect(await evaluated('builtins.fetchurl "URL/hello.txt"')).toContain('no question can be shown');
});

test('a download that is given up ends', async () => {
  const stop = new AbortController();
  const value = evaluated('builtins.fetchurl "URL/never"', opened(), stop.signal);
  await expect.poll(() => requests).toEqual(['/never']);
  stop.abort();
  expect(await value).toContain('interrupted');
});

test('what was fetched is there for the next evaluations', async () => {
  const bench = opened();
  const text = 'builtins.readFile (builtins.fetchurl "URL/hello.txt")';
  expect(await evaluated(text, bench)).toBe(await evaluated(`builtins.trace "again" (${text})`, bench));
  expect(asked).toEqual([`${origin}/hello.txt`]);
  expect(await evaluated(`builtins.fetchurl { url = "URL/hello.txt"; sha256 = "${zeros}"; }`, bench)).toContain('hash mismatch');
  expect(requests).toEqual(['/hello.txt']);
});

test('bytes are bytes', async () => {
  served['/bytes'] = (response) => response.end(encodeText('\udcff\udc80'));
  expect(await evaluated('builtins.hashFile "sha256" (builtins.fetchurl "URL/bytes")')).toMatch(/^"[0-9a-f]{64}"$/);
});
