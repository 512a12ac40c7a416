// The bundled command line on Bun prints what it prints on Node.
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bun } from './testing/bun.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = path.join(root, 'host/dist/vixen.mjs');

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-bun-'));
const server = http.createServer((request, response) => {
  if (request.url === '/text') return response.end('served');
  return response.writeHead(404).end();
});
let url = '';

beforeAll(async () => {
  fs.writeFileSync(path.join(home, 'lib.nix'), '{ twice = x: 2 * x; }');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  fs.rmSync(home, { recursive: true });
});

/** Each runtime has a store and a cache of its own: neither finds what the other has left. */
function settings(runtime: string) {
  const data = path.join(home, path.basename(runtime));
  const env = { PATH: process.env.PATH, HOME: data, NO_COLOR: '1', XDG_CACHE_HOME: `${data}/cache`, XDG_DATA_HOME: `${data}/data` };
  return { cwd: home, env, encoding: 'utf8', timeout: 60_000 } as const;
}

function run(runtime: string, args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(runtime, [program, ...args], { ...settings(runtime), input });
  return { status, stdout, stderr: stderr.replaceAll(path.join(home, path.basename(runtime)), 'DATA') };
}

const evaluate = (expression: string, ...flags: string[]) => ['nix-instantiate', '--eval', '--strict', ...flags, '-E', expression];

const cases: [string, string[], string?][] = [
  ['a version', ['--version']],
  ['a number', ['eval', '-E', '1 + 1']],
  ['the example', ['eval', '--json', '--strict', path.join(root, 'host/examples/hello/default.nix')]],
  ['an expression on stdin', ['nix-instantiate', '--eval', '-'], 'builtins.concatStringsSep " " [ "a" "b" ]'],
  ['a file', evaluate('(import ./lib.nix).twice 21')],
  ['a folder', evaluate('builtins.readDir ./.')],
  ['text that is not UTF-8', evaluate('"\udcff"')],
  ['a path in the store', evaluate('"${./lib.nix}"', '--read-write-mode')],
  ['hashes', evaluate('map (a: builtins.hashFile a ./lib.nix) [ "md5" "sha1" "sha256" "sha512" ]')],
  ['a derivation', evaluate('(derivation { name = "x"; system = "y"; builder = "/z"; }).drvPath')],
  ['a long loop', evaluate("builtins.foldl' (a: b: a + b) 0 (builtins.genList (n: n) 200000)")],
  ['an error with its trace', evaluate('let f = x: builtins.length x; in f 1', '--show-trace')],
  ['a syntax error', evaluate('1 +')],
  ['endless recursion', evaluate('let f = x: 1 + f x; in f 0')],
  ['a missing file', evaluate('import ./missing.nix')],
  ['a message', evaluate('builtins.trace "seen" 1')],
];

describe.skipIf(!bun)(bun ? 'on Bun' : 'on Bun (skipped: no bun in node_modules or on PATH)', () => {
  test.each(cases)('%s', (_, args, input) => {
    expect(run(bun!, args, input)).toEqual(run(process.execPath, args, input));
  });

  // Not with `run`, which would keep the server in this process from answering.
  test('a download', async () => {
    const expression = `builtins.readFile (builtins.fetchurl "${url}/text")`;
    const { stdout } = await promisify(execFile)(bun!, [program, ...evaluate(expression)], settings(bun!));
    expect(stdout).toBe('"served"\n');
  });
});
