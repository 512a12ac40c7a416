// Commands about stores, and their drop-ins, over a store of their own.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const launcher = fileURLToPath(new URL('../../bin/vixen.cjs', import.meta.url));

let dir = '';
beforeAll(() => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-store-cli-')));
  fs.mkdirSync(path.join(dir, 'src/bin'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'src/bin/run'), '#!/bin/sh\necho hi\n', { mode: 0o755 });
  fs.writeFileSync(path.join(dir, 'src/readme'), 'read me\n');
  fs.symlinkSync('readme', path.join(dir, 'src/link'));
  fs.writeFileSync(path.join(dir, 'text'), 'a text\n');
});
afterAll(() => {
  // What lies in a store is read-only.
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755);
  }
  fs.rmSync(dir, { recursive: true });
});

interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

function run(args: string[], input: string | Buffer = ''): Promise<Result & { bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const { NODE_EXTRA_CA_CERTS: _, NIX_CONFIG: _config, NIX_PATH: _path, VIXEN_STORE: _store, ...inherited } = process.env;
    const own = { HOME: dir, XDG_DATA_HOME: `${dir}/data`, XDG_CACHE_HOME: `${dir}/cache`, NO_COLOR: '1', NIX_CONF_DIR: dir };
    const child = spawn(process.execPath, [launcher, ...args], { cwd: dir, env: { ...inherited, ...own } });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => {
      const bytes = Buffer.concat(out);
      resolve({ status, stdout: bytes.toString(), stderr, bytes });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

const vixen = (...args: string[]) => run(args);
const nixStore = (...args: string[]) => run(['nix-store', ...args]);

// Computed by Nix 2.34.8.
const srcPath = '/nix/store/d6dwzbzf7xc2l4r69r1scr6imhba8fij-src';
const textPath = '/nix/store/8l9fhq65949awbn080sd920zzb93lfhh-text';

describe('adding', () => {
  test('files and folders, whose paths are those that Nix gives', async () => {
    expect(await vixen('store', 'add', 'src')).toMatchObject({ status: 0, stdout: `${srcPath}\n`, stderr: '' });
    expect(await nixStore('--add', 'src')).toMatchObject({ status: 0, stdout: `${srcPath}\n` });
    expect(await vixen('store', 'add', '--mode', 'flat', 'text')).toMatchObject({ status: 0, stdout: `${textPath}\n` });
    expect(await nixStore('--add-fixed', 'sha256', 'text')).toMatchObject({ stdout: `${textPath}\n` });
  });

  test('a dry run adds nothing', async () => {
    const { stdout } = await vixen('store', 'add', '--dry-run', '--name', 'other', 'src');
    expect(stdout).toMatch(/^\/nix\/store\/\w{32}-other\n$/);
    expect(await nixStore('--check-validity', stdout.trim())).toMatchObject({ status: 1, stderr: expect.stringContaining('is not valid') });
  });

  test('names are checked', async () => {
    expect(await vixen('store', 'add', '--name', 'a b', 'src')).toMatchObject({ status: 1, stderr: expect.stringContaining("name 'a b'") });
    expect(await vixen('store', 'add', 'nothing')).toMatchObject({ status: 1, stderr: expect.stringContaining('nothing') });
  });
});

describe('looking', () => {
  test('ls', async () => {
    expect((await vixen('store', 'ls', srcPath)).stdout).toBe('./bin\n./link\n./readme\n');
    expect((await vixen('store', 'ls', '-lR', srcPath)).stdout).toBe(
      [
        'dr-xr-xr-x                    0 ./bin',
        '-r-xr-xr-x                   18 ./bin/run',
        'lrwxrwxrwx                    0 ./link -> readme',
        '-r--r--r--                    8 ./readme',
        '',
      ].join('\n'),
    );
    expect(JSON.parse((await vixen('store', 'ls', '--json', '-R', srcPath)).stdout)).toMatchObject({
      type: 'directory',
      entries: { bin: { entries: { run: { executable: true, size: 18, type: 'regular' } } }, link: { target: 'readme' } },
    });
  });

  test('cat', async () => {
    expect((await vixen('store', 'cat', `${srcPath}/readme`)).stdout).toBe('read me\n');
    expect(await vixen('store', 'cat', `${srcPath}/bin`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not a regular file'),
    });
    expect(await vixen('store', 'cat', `${srcPath}/gone`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("path '/gone' does not exist"),
    });
  });

  test('queries', async () => {
    expect((await nixStore('-q', '--size', srcPath)).stdout).toBe('888\n');
    expect((await nixStore('-q', '--hash', srcPath)).stdout).toMatch(/^sha256:[0-9a-z]{52}\n$/);
    expect((await nixStore('-qR', srcPath)).stdout).toBe(`${srcPath}\n`);
    expect((await nixStore('-q', '--deriver', srcPath)).stdout).toBe('unknown-deriver\n');
    expect((await nixStore('-q', '--tree', srcPath)).stdout).toBe(`${srcPath}\n`);
    expect(await nixStore('-q', '--references', '--hash', srcPath)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('conflicts'),
    });
    expect(await nixStore('--frobnicate')).toMatchObject({ status: 1, stderr: expect.stringContaining('no operation specified') });
  });

  test('path-info', async () => {
    expect((await vixen('store', 'path-info', '--size', srcPath)).stdout).toBe(`${srcPath}\t        888\n`);
    const { stdout } = await run(['nix', 'path-info', '--json', '--json-format', '1', srcPath]);
    expect(JSON.parse(stdout)).toMatchObject({ [srcPath]: { narSize: 888, references: [], deriver: null } });
  });

  test('what is not in the store is refused', async () => {
    expect(await vixen('store', 'ls', '/etc')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("path '/etc' is not in the Nix store"),
    });
    const missing = '/nix/store/00000000000000000000000000000000-x';
    expect(await vixen('store', 'path-info', missing)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`path '${missing}' is not valid`),
    });
  });
});

describe('archives', () => {
  test('dump and restore', async () => {
    const { bytes, status } = await nixStore('--dump', 'src');
    expect([status, bytes.length]).toEqual([0, 888]);
    expect(await run(['nix-store', '--restore', 'copy'], bytes)).toMatchObject({ status: 0, stderr: '' });
    expect(fs.readFileSync(path.join(dir, 'copy/readme'), 'utf8')).toBe('read me\n');
    expect(fs.readlinkSync(path.join(dir, 'copy/link'))).toBe('readme');
    expect((await run(['nix-hash', '--type', 'sha256', 'copy'])).stdout).toBe((await run(['nix-hash', '--type', 'sha256', 'src'])).stdout);
    expect(await run(['nix-store', '--restore', 'bad'], bytes.subarray(0, 500))).toMatchObject({ status: 1 });
    expect(fs.existsSync(path.join(dir, 'bad'))).toBe(false);
  });

  test('export and import', async () => {
    const { bytes } = await nixStore('--export', srcPath);
    const other = path.join(dir, 'other');
    expect(await run(['nix-store', '--store', other, '--import'], bytes)).toMatchObject({ status: 0, stdout: `${srcPath}\n` });
    expect((await run(['nix-store', '--store', other, '-q', '--size', srcPath])).stdout).toBe('888\n');
    expect(await run(['nix-store', '--store', other, '--import'], bytes.subarray(0, 700))).toMatchObject({ status: 1 });
  });

  test('nar', async () => {
    const { bytes } = await run(['nix', 'nar', 'pack', 'src']);
    fs.writeFileSync(path.join(dir, 'src.nar'), bytes);
    expect((await run(['nix', 'nar', 'cat', 'src.nar', '/readme'])).stdout).toBe('read me\n');
    expect((await run(['nix', 'nar', 'ls', 'src.nar', '/bin'])).stdout).toBe('./run\n');
  });
});

describe('roots and collecting', () => {
  test('what has no root goes, what has one stays', async () => {
    const { stdout } = await vixen('store', 'add', '--name', 'kept', 'src');
    const kept = stdout.trim();
    const link = path.join(dir, 'result');
    const checkout = await vixen('store', 'checkout', '--out-link', link, kept);
    expect(checkout).toMatchObject({ status: 0, stdout: `${dir}/data/vixen/root${kept}\n` });
    expect(fs.readFileSync(path.join(link, 'readme'), 'utf8')).toBe('read me\n');
    const stat = fs.statSync(path.join(link, 'bin/run'));
    expect([stat.mode & 0o777, stat.mtimeMs]).toEqual([0o555, 1000]);
    expect((await nixStore('--gc', '--print-roots')).stdout).toContain(`${link} -> ${kept}\n`);
    expect((await nixStore('-q', '--resolve', link)).stdout).toBe(`${kept}\n`);
    expect((await nixStore('--gc', '--print-live')).stdout).toBe(`${kept}\n`);
    expect((await nixStore('--gc', '--print-dead')).stdout).toContain(`${srcPath}\n`);
    expect((await vixen('store', 'gc')).stdout).toMatch(/^\d+ store paths deleted, [\d.]+ KiB freed\n$/);
    expect((await vixen('store', 'path-info', '--all')).stdout).toBe(`${kept}\n`);
    expect(await nixStore('--delete', kept)).toMatchObject({ status: 1, stderr: expect.stringContaining(kept) });
    fs.rmSync(link);
    expect((await nixStore('--delete', kept)).stdout).toMatch(/^1 store paths deleted/);
    expect(fs.existsSync(`${dir}/data/vixen/root${kept}`)).toBe(false);
  });
});

describe('evaluation writes to the store', () => {
  const expression = `let src = ./src; text = builtins.toFile "t" "contents";
    in derivation { name = "d"; system = "x"; builder = "/bin/sh"; args = [ src text ]; }`;

  test('derivations with what they need', async () => {
    fs.writeFileSync(path.join(dir, 'd.nix'), expression);
    const { stdout, status } = await run(['nix-instantiate', 'd.nix', '--add-root', 'd.drv']);
    expect([status, stdout]).toEqual([0, `${dir}/d.drv\n`]);
    const { stdout: requisites } = await nixStore('-qR', 'd.drv');
    expect(
      requisites
        .trim()
        .split('\n')
        .map((name) => name.replace(/^\/nix\/store\/\w{32}-/, '')),
    ).toEqual(expect.arrayContaining(['src', 't', 'd.drv']));
    expect((await nixStore('-q', '--binding', 'name', 'd.drv')).stdout).toBe('d\n');
    expect((await nixStore('-q', '--outputs', 'd.drv')).stdout).toMatch(/^\/nix\/store\/\w{32}-d\n$/);
    expect(
      (await nixStore('--print-env', fs.readlinkSync(path.join(dir, 'd.drv')).slice(`${dir}/data/vixen/root`.length))).stdout,
    ).toContain("export name; name='d'\n");
    expect(await nixStore('--verify', '--check-contents')).toMatchObject({ status: 0, stderr: '' });
  });

  test('what was added can be read again, in the same evaluation and in the next', async () => {
    const read = 'builtins.readFile (builtins.toFile "r" "read me") + builtins.readFile "${./src}/readme"';
    expect((await vixen('eval', '--raw', '-E', read)).stdout).toBe('read meread me\n');
    const file = (await vixen('eval', '--raw', '-E', 'builtins.unsafeDiscardStringContext "${builtins.toFile "r" "read me"}"')).stdout;
    expect((await vixen('eval', '--raw', '-E', `builtins.readFile "${file}"`)).stdout).toBe('read me');
  });
});

describe('hashes and keys', () => {
  test('nix hash', async () => {
    expect((await run(['nix', 'hash', 'file', 'text'])).stdout).toBe('sha256-EFvPH9uJLSeqAATPW31Zd2wZMcjOS1sHAuPH5NBQbm8=\n');
    expect((await run(['nix', 'hash', 'convert', '--hash-algo', 'md5', '--to', 'nix32', 'd41d8cd98f00b204e9800998ecf8427e'])).stdout).toBe(
      '3y8bwfr609h3lh9ch0izcqq7fl\n',
    );
    expect(await run(['nix', 'hash', 'convert', '--from', 'sri', '--hash-algo', 'md5', 'd41d8cd98f00b204e9800998ecf8427e'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("has format 'base16'"),
    });
    expect((await run(['nix-hash', '--flat', '--type', 'md5', 'text'])).stdout).toMatch(/^[0-9a-f]{32}\n$/);
  });

  test('keys sign paths, and verify them', async () => {
    const secret = (await run(['nix', 'key', 'generate-secret', '--key-name', 'test-1'])).stdout;
    fs.writeFileSync(path.join(dir, 'key'), secret, { mode: 0o600 });
    const publicKey = (await run(['nix', 'key', 'convert-secret-to-public'], secret)).stdout;
    expect(publicKey).toMatch(/^test-1:[\w+/]{43}=$/);
    const { stdout } = await vixen('store', 'add', '--name', 'signed', 'src');
    const signed = stdout.trim();
    expect(await vixen('store', 'sign', '--key-file', 'key', signed)).toMatchObject({ status: 0, stderr: 'added 1 signatures\n' });
    expect((await vixen('store', 'path-info', '--sigs', signed)).stdout).toContain('test-1:');
    const verified = await vixen('store', 'verify', '--sigs-needed', '1', '--option', 'trusted-public-keys', publicKey, signed);
    expect(verified).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('copying and serving', () => {
  test('to a binary cache and from there into another store', async () => {
    const { stdout } = await vixen('store', 'add', '--name', 'copied', 'src');
    const copied = stdout.trim();
    const cache = `file://${dir}/cache`;
    expect(await run(['nix', 'copy', '--to', `${cache}?compression=zstd`, copied])).toMatchObject({ status: 0, stdout: '' });
    const other = path.join(dir, 'third');
    expect(await vixen('store', 'copy', '--from', cache, '--to', other, copied)).toMatchObject({ status: 0 });
    expect((await vixen('store', 'cat', '--store', other, `${copied}/readme`)).stdout).toBe('read me\n');
    expect(await vixen('store', 'verify', '--store', other, '--all')).toMatchObject({ status: 0, stderr: '' });
    expect(await vixen('store', 'copy', copied)).toMatchObject({ status: 1, stderr: expect.stringContaining("'--from' and/or '--to'") });
  });

  test('outputs that only a realisation names are copied with it', async () => {
    const expression =
      'derivation { name = "ca"; system = "s"; builder = "b"; __contentAddressed = true; outputHashAlgo = "sha256"; outputHashMode = "recursive"; }';
    const drvPath = (await run(['nix-instantiate', '--extra-experimental-features', 'ca-derivations', '-E', expression])).stdout.trim();
    const built = (await vixen('store', 'add', '--name', 'built', 'src')).stdout.trim();
    const cache = path.join(dir, 'realised');
    expect(await run(['nix', 'copy', '--to', `file://${cache}`, drvPath, built])).toMatchObject({ status: 0 });
    const output = `${drvPath}^out`;
    const copy = ['store', 'copy', '--no-check-sigs', '--from', `file://${cache}`, '--to', path.join(dir, 'fourth'), output];
    expect(await vixen(...copy)).toMatchObject({ status: 1, stderr: expect.stringContaining("output 'out' of the unbuilt derivation") });
    const aterm = (await vixen('store', 'cat', drvPath)).stdout.replace(/\("out","\/[^"]*"\)/, '("out","")');
    const id = `sha256:${createHash('sha256').update(aterm).digest('hex')}!out`;
    const realisation = { dependentRealisations: {}, id, outPath: path.basename(built), signatures: [] };
    fs.mkdirSync(path.join(cache, 'realisations'), { recursive: true });
    fs.writeFileSync(path.join(cache, 'realisations', `${id}.doi`), JSON.stringify(realisation));
    expect(await vixen(...copy)).toMatchObject({ status: 0 });
    // There the derivation is missing; with it the output is known.
    expect(await vixen(...copy.slice(0, -1), drvPath)).toMatchObject({ status: 0 });
    expect((await vixen('store', 'path-info', '--store', path.join(dir, 'fourth'), output)).stdout.trim()).toBe(built);
  });

  test('nix-store --serve answers on stdout', async () => {
    const numbers = (...values: number[]) => Buffer.from(new BigUint64Array(values.map(BigInt)).buffer);
    const [queryValidPaths, noPaths] = [1, 0];
    const answer = await run(['nix-store', '--serve', '--write'], numbers(0x390c9deb, 0x207, queryValidPaths, 0, 0, noPaths));
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    expect(answer.bytes.equals(numbers(0x5452eecb, 0x207, noPaths))).toBe(true);
    const refused = await run(['nix-store', '--serve'], numbers(0x390c9deb, 0x207, 99));
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('unknown serve command 99') });
  });

  test('a server on all three protocols, ended by a signal', async () => {
    const { stdout } = await vixen('store', 'add', '--name', 'served', 'src');
    const served = stdout.trim();
    const sockets = { grpc: path.join(dir, 'g.sock'), daemon: path.join(dir, 'd.sock') };
    const args = ['store', 'serve', '--http', '0', '--grpc', `unix:${sockets.grpc}`, '--daemon', sockets.daemon];
    const env = { ...process.env, HOME: dir, XDG_DATA_HOME: `${dir}/data`, NO_COLOR: '1', NIX_CONF_DIR: dir };
    const server = spawn(process.execPath, [launcher, ...args], { cwd: dir, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
    let said = '';
    for await (const chunk of server.stderr) {
      said += chunk;
      if (said.split('\n').length > 3) break;
    }
    const http = /serving at (http:\S+)/.exec(said)![1]!;
    for (const url of [http, `grpc+unix://${sockets.grpc}`, `unix://${sockets.daemon}`]) {
      expect(await vixen('store', 'cat', '--store', url, `${served}/readme`)).toMatchObject({ status: 0, stdout: 'read me\n' });
    }
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(fs.existsSync(sockets.daemon)).toBe(false);
  });
});

describe('words', () => {
  test('help and what was perhaps meant', async () => {
    expect(await vixen('store')).toMatchObject({ status: 1, stderr: expect.stringContaining('Commands:') });
    expect(await vixen('store', '--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('path-info') });
    expect(await vixen('store', 'lss')).toMatchObject({ status: 1, stderr: expect.stringContaining("Did you mean 'ls'?") });
    expect(await vixen('store', 'ls', '--lnog')).toMatchObject({ status: 1, stderr: expect.stringContaining("Did you mean '--long'?") });
    expect((await vixen('store', 'copy', '--help')).stdout).toContain('Examples:');
    expect(await vixen('store', 'info', '--store', 'nope://x')).toMatchObject({ status: 1, stderr: expect.stringContaining('nope://x') });
  });
});
