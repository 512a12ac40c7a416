import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openStore } from '@vixen/store';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Settings } from '../../core/config/settings.ts';
import { EvaluationStore } from '../eval-store.ts';
import { NativeTree } from '../files.ts';
import { nodeHashers } from '../hashing.ts';
import { openFetchService } from './open.ts';
import type { FetchService } from './service.ts';

let dir = '';
let home = '';
let service: FetchService;
let store: EvaluationStore;
const physical = (storePath: unknown) => path.join(home, 'root', String(storePath));
let warnings: string[] = [];
let server: http.Server;
let requests: string[] = [];
const cacheBefore = process.env.XDG_CACHE_HOME;

const at = (name: string) => path.join(dir, name);
const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: dir, stdio: 'ignore' });

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false'];
const dates = { GIT_AUTHOR_DATE: '2020-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' };
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', ['-C', at(folder), ...identity, ...args], { env: { ...process.env, ...dates }, encoding: 'utf8' }).trim();

function makeRepository(name: string, files: Record<string, string>) {
  fs.mkdirSync(at(name));
  git(name, 'init', '-q', '-b', 'main');
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(at(`${name}/${file}`)), { recursive: true });
    fs.writeFileSync(at(`${name}/${file}`), text);
  }
  git(name, 'add', '-A');
  git(name, 'commit', '-qm', 'first');
}

beforeAll(async () => {
  dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-fetch-spec-')));
  fs.mkdirSync(at('d/sub'), { recursive: true });
  fs.writeFileSync(at('d/a.txt'), 'hi\n');
  fs.writeFileSync(at('d/sub/x.sh'), 'x\n', { mode: 0o755 });
  fs.symlinkSync('../a.txt', at('d/sub/link'));
  run('tar', 'cf', 't.tar', 'd');
  run('tar', 'czf', 't.tar.gz', 'd');
  run('tar', 'czf', 'flat.tar.gz', '-C', 'd', '.');
  makeRepository('repo', { file: 'one\n', 'folder/other': 'two\n' });
  server = http.createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
    else if (request.url !== '/file') response.writeHead(404).end('nothing here');
    else if (request.headers['if-none-match'] === '"1"') response.writeHead(304).end();
    else response.writeHead(200, { etag: '"1"' }).end('served');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  fs.rmSync(dir, { recursive: true });
});

function openService(settings: Record<string, string> = {}) {
  const set = new Settings();
  set.set('experimental-features', 'flakes fetch-tree');
  set.set('download-attempts', '1');
  for (const [name, value] of Object.entries(settings)) set.set(name, value);
  const open = () => openStore(`embedded://${path.join(home, 'root')}`);
  store = new EvaluationStore({ open, readOnly: true, tree: new NativeTree(), hashers: nodeHashers });
  const reader = async (folder: string) => JSON.parse(fs.readFileSync(path.join(physical(folder), 'info.json'), 'utf8'));
  service = openFetchService({ settings: set, store, warn: (text) => warnings.push(text), guard: undefined, reader });
}

beforeEach(() => {
  home = fs.mkdtempSync(path.join(dir, 'home-'));
  process.env.XDG_CACHE_HOME = path.join(home, 'cache');
  warnings = [];
  requests = [];
  openService();
  return () => {
    if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = cacheBefore;
  };
});

const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const fetched = async (fetcher: string, args: object) =>
  JSON.parse(await service.fetch(fetcher, JSON.stringify(args))) as Record<string, unknown>;
const contents = (storePath: unknown, file = '') => fs.readFileSync(path.join(physical(storePath), file), 'utf8');

test.each(['t.tar', 't.tar.gz', 'flat.tar.gz'])('%s is unpacked, its only folder left out', async (name) => {
  const { outPath } = await fetched('fetchTarball', { url: `file://${at(name)}`, name: 'source' });
  expect(fs.readdirSync(physical(outPath)).sort()).toEqual(['a.txt', 'sub']);
  expect(fs.readlinkSync(path.join(physical(outPath), 'sub/link'))).toBe('../a.txt');
  expect(fs.statSync(path.join(physical(outPath), 'sub/x.sh')).mode & 0o111).not.toBe(0);
});

test('a tree has the same path however it comes', async () => {
  const { outPath, narHash } = await fetched('fetchTree', { type: 'tarball', url: `file://${at('t.tar.gz')}` });
  expect(await fetched('fetchTree', { type: 'path', path: at('d') })).toMatchObject({ outPath, narHash });
});

test('files over HTTP are asked for again only when they may have changed', async () => {
  const url = `${base()}/moved`;
  const first = await fetched('fetchurl', { url, name: 'x' });
  expect(contents(first.outPath)).toBe('served');
  await fetched('fetchurl', { url, name: 'x' });
  expect(requests).toEqual(['/moved', '/file']);
  openService({ 'tarball-ttl': '0' });
  expect(await fetched('fetchurl', { url: `${base()}/file`, name: 'x' })).toEqual(first);
  expect(requests).toHaveLength(3);
});

test('a hash that does not fit ends with status 102', async () => {
  const args = { url: `${base()}/file`, name: 'x', sha256: '0'.repeat(64), expected: '/nix/store/x-x' };
  await expect(fetched('fetchurl', args)).rejects.toMatchObject({ status: 102, message: expect.stringContaining('hash mismatch') });
});

test.each([
  ['fetchurl', () => ({ url: `${base()}/gone`, name: 'x' }), 'HTTP error'],
  ['fetchurl', () => ({ url: 'file:///gone', name: 'x' }), 'Could not open file /gone'],
  ['fetchTarball', () => ({ url: `file://${at('gone.tar')}`, name: 'x' }), 'does not exist'],
  ['fetchTarball', () => ({ url: `file://${dir}`, name: 'x' }), 'is a directory, not a file'],
  ['fetchTarball', () => ({ url: `file://${at('d/a.txt')}`, name: 'x' }), 'Unrecognized archive format'],
  ['fetchTree', () => ({ type: 'path', path: at('gone') }), 'does not exist'],
  ['fetchTree', () => ({ type: 'path', path: 'relative' }), 'uses a relative path'],
  ['fetchTree', () => ({ type: 'nonsense' }), 'cannot show unsupported input'],
  ['fetchTree', () => ({ type: 'path', path: at('d'), narHash: `sha256-${'A'.repeat(43)}=` }), 'NAR hash mismatch'],
  ['fetchGit', () => ({ type: 'git', url: at('d') }), 'Failed to fetch git repository'],
  ['fetchGit', () => ({ type: 'git', url: at('repo'), rev: '1'.repeat(40) }), 'object not found'],
])('%s fails clearly', (fetcher, args, message) => expect(fetched(fetcher, args())).rejects.toThrow(message));

test('a commit, and a branch of a repository that is fetched first', async () => {
  const rev = git('repo', 'rev-parse', 'HEAD');
  const expected = {
    rev,
    shortRev: rev.slice(0, 7),
    revCount: 1,
    lastModified: 1577836800,
    lastModifiedDate: '20200101000000',
    submodules: false,
  };
  const local = await fetched('fetchGit', { type: 'git', url: at('repo'), rev });
  expect(local).toMatchObject(expected);
  expect(contents(local.outPath, 'folder/other')).toBe('two\n');
  run('git', 'clone', '-q', '--bare', 'repo', `${home}/bare.git`);
  expect(await fetched('fetchGit', { type: 'git', url: `file://${home}/bare.git`, ref: 'main' })).toEqual(local);
  expect(await fetched('fetchGit', { type: 'git', url: `file://${home}/bare.git` })).toEqual(local);
});

test('a working tree with changes: tracked files as they are, and a warning', async () => {
  fs.cpSync(at('repo'), at('dirty'), { recursive: true });
  fs.writeFileSync(at('dirty/file'), 'changed\n');
  fs.writeFileSync(at('dirty/untracked'), '');
  fs.rmSync(at('dirty/folder'), { recursive: true });
  const result = await fetched('fetchGit', { type: 'git', url: at('dirty') });
  expect(fs.readdirSync(physical(result.outPath))).toEqual(['file']);
  expect(result).toMatchObject({
    rev: '0'.repeat(40),
    revCount: 0,
    dirtyShortRev: `${git('repo', 'rev-parse', 'HEAD').slice(0, 7)}-dirty`,
  });
  expect(warnings.join()).toContain('is dirty');
});

test('what export-ignore leaves out', async () => {
  makeRepository('ignoring', { a: '', b: '', 'c/d': '', '.gitattributes': 'b export-ignore\nc export-ignore\n' });
  const names = async (args: object) => {
    const { outPath } = await fetched('fetchGit', { type: 'git', url: at('ignoring'), ...args });
    return fs.readdirSync(physical(outPath)).sort();
  };
  expect(await names({ exportIgnore: true })).toEqual(['.gitattributes', 'a']);
  expect(await names({ exportIgnore: true, ref: 'main' })).toEqual(['.gitattributes', 'a']);
  expect(await names({ ref: 'main' })).toEqual(['.gitattributes', 'a', 'b', 'c']);
});

test('pure evaluation fetches locked inputs alone', async () => {
  openService({ 'pure-eval': 'true' });
  await expect(fetched('fetchTree', { type: 'path', path: at('d') })).rejects.toThrow("doesn't fetch unlocked input");
  const rev = git('repo', 'rev-parse', 'HEAD');
  expect(await fetched('fetchGit', { type: 'git', url: at('repo'), rev })).toMatchObject({ rev });
});

test('restricted evaluation fetches what is allowed', async () => {
  openService({ 'restrict-eval': 'true', 'allowed-uris': `${base()}/` });
  expect(contents((await fetched('fetchurl', { url: `${base()}/file`, name: 'x' })).outPath)).toBe('served');
  await expect(fetched('fetchurl', { url: 'https://example.org/x', name: 'x' })).rejects.toThrow('is forbidden in restricted mode');
});

test('flakes: a lock file is kept as long as flake.nix asks for the same', async () => {
  const write = (name: string, info: object, lock?: object) => {
    fs.mkdirSync(at(name), { recursive: true });
    fs.writeFileSync(at(`${name}/info.json`), JSON.stringify(info));
    if (lock) fs.writeFileSync(at(`${name}/flake.lock`), JSON.stringify(lock));
  };
  write('leaf', { inputs: {}, formals: ['self'] });
  write('top', { inputs: { leaf: { url: `path:${at('leaf')}` }, same: { follows: 'leaf' } }, formals: ['self', 'leaf'] });
  const answer = JSON.parse(await service.flake('getFlake', `path:${at('top')}`));
  const lock = JSON.parse(answer.lockFile);
  expect(lock.nodes.root.inputs).toEqual({ leaf: 'leaf', same: ['leaf'] });
  expect(lock.nodes.leaf.locked).toMatchObject({ type: 'path', path: at('leaf'), narHash: expect.stringContaining('sha256-') });
  expect(Object.keys(answer.overrides).sort()).toEqual(['leaf', 'root']);
  write('top', { inputs: { leaf: { url: `path:${at('leaf')}` } }, formals: ['self'] }, lock);
  openService();
  const kept = JSON.parse(await service.flake('getFlake', `path:${at('top')}`));
  expect(Object.keys(kept.overrides)).toEqual(['root']);
  expect(JSON.parse(kept.lockFile).nodes.leaf).toEqual(lock.nodes.leaf);
});
