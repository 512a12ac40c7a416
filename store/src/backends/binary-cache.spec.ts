import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { collect } from '../compression/bytes.ts';
import { compressions } from '../compression/index.ts';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { writeSecretKeyFile } from '../formats/key-files.ts';
import { PublicKeys, SecretKey } from '../formats/keys.ts';
import type { NarInfo } from '../formats/narinfo.ts';
import { debugInfoLinks } from '../http/debug-info.ts';
import { openStore } from '../open.ts';
import type { Store } from '../service.ts';
import { sampleClosure } from '../testing/sample-closure.ts';

const top = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-cache-'));
afterAll(() => fs.rmSync(top, { recursive: true }));

let folder: string;
let store: Store;
const opened: Store[] = [];
const warnings: string[] = [];

async function open(query = '', options = {}): Promise<Store> {
  const cache = await openStore(`file://${folder}?compression=none&${query}`, { warn: (message) => warnings.push(message), ...options });
  opened.push(cache);
  return cache;
}

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(top, 'c-'));
  store = await open();
});
afterEach(async () => {
  for (const cache of opened.splice(0)) await cache.close();
  warnings.length = 0;
});

const samples = sampleClosure({ paths: 3, size: 50_000 });
const [first, second, third] = samples as [(typeof samples)[0], (typeof samples)[0], (typeof samples)[0]];
const addAll = async (to: Store) => {
  for (const { info, nar } of samples) await to.add(info, nar());
};
const narOf = async (from: Store, storePath: string) => (await collect(from.nar(storePath)))!;
const hashPart = first.info.path.slice(11, 43);

test('what is added is there, and in another process', async () => {
  await addAll(store);
  const again = await open();
  for (const cache of [store, again]) {
    for (const { info, nar } of samples) {
      expect(await cache.pathInfo(info.path)).toMatchObject(info);
      expect((await narOf(cache, info.path)).equals((await collect(nar()))!)).toBe(true);
    }
    const found: string[] = [];
    for await (const one of cache.paths()) found.push(one);
    expect(found.sort()).toEqual(samples.map(({ info }) => info.path).sort());
    expect(await cache.pathFromHashPart(hashPart)).toBe(first.info.path);
  }
});

test('the layout', async () => {
  const cache = await open('write-nar-listing=true');
  await cache.add(first.info, first.nar());
  const narinfo = fs.readFileSync(path.join(folder, `${hashPart}.narinfo`), 'utf8');
  expect(narinfo).toMatch(new RegExp(`^StorePath: ${first.info.path}\nURL: nar/[a-z0-9]{52}\\.nar\nCompression: none\nFileHash: sha256:`));
  expect(fs.readFileSync(path.join(folder, 'nix-cache-info'), 'utf8')).toBe('StoreDir: /nix/store\n');
  expect(fs.readdirSync(folder).sort()).toEqual([`${hashPart}.ls`, `${hashPart}.narinfo`, 'nar', 'nix-cache-info'].sort());
  const listing = JSON.parse(fs.readFileSync(path.join(folder, `${hashPart}.ls`), 'utf8'));
  const nar = (await collect(first.nar()))!;
  for (const name of ['file-0', 'file-3']) {
    const { narOffset, size } = listing.root.entries[name];
    expect(nar.readUInt32LE(narOffset - 8)).toBe(size);
  }
});

test('what is missing', async () => {
  expect(await store.pathInfo(first.info.path)).toBeUndefined();
  expect(await store.pathFromHashPart(hashPart)).toBeUndefined();
  await expect(narOf(store, first.info.path)).rejects.toMatchObject({
    code: 'not-found',
    message: `path '${first.info.path}' is not valid`,
  });
  await expect(store.addSignatures(first.info.path, ['k:AAAA'])).rejects.toMatchObject({ code: 'not-found' });
  await expect(store.referrers(first.info.path)).rejects.toMatchObject({ code: 'unsupported' });
  await expect(store.pathInfo('/tmp/x')).rejects.toMatchObject({ code: 'invalid' });
});

test('another name under the same digits is another path', async () => {
  await store.add(first.info, first.nar());
  expect(await store.pathInfo(`${first.info.path}-other`)).toBeUndefined();
});

test('references have to be there before', async () => {
  const message = `cannot add '${third.info.path}' to the binary cache because the reference '`;
  await expect(store.add(third.info, third.nar())).rejects.toThrow(message);
});

test('an archive that is not what was promised is refused, and leaves nothing', async () => {
  await expect(store.add(first.info, second.nar())).rejects.toMatchObject({ code: 'corrupt' });
  await expect(store.add({ ...first.info, narSize: 5 }, first.nar())).rejects.toThrow('size mismatch importing path');
  await expect(store.add({ ...first.info, narHash: new Uint8Array(32) }, first.nar())).rejects.toThrow('hash mismatch importing path');
  expect(fs.readdirSync(folder)).toEqual(['nix-cache-info']);
});

test.each(compressions.filter((name) => name !== 'bzip2'))('compression %s, there and back', async (name) => {
  const cache = await open().then(() => openStore(`file://${folder}?compression=${name}&compression-level=1&parallel-compression=true`));
  await cache.add(first.info, first.nar());
  expect(await cache.pathInfo(first.info.path)).toMatchObject({ compression: name });
  expect((await narOf(cache, first.info.path)).equals((await collect(first.nar()))!)).toBe(true);
  await cache.close();
});

test('secret keys sign what is written', async () => {
  const key = SecretKey.generate('cache-1');
  await writeSecretKeyFile(path.join(folder, 'key'), key);
  const cache = await open(`secret-key=${path.join(folder, 'key')}`);
  await cache.add(first.info, first.nar());
  const info = (await cache.pathInfo(first.info.path))!;
  expect(new PublicKeys([key.publicKey]).signers(pathFingerprint(info), info.signatures).size).toBe(1);
  await cache.addSignatures(info.path, ['other-1:AAAA']);
  expect((await (await open()).pathInfo(info.path))!.signatures).toEqual([...info.signatures, 'other-1:AAAA']);
});

test('debug information is found by build id', () => {
  const id = `${'ab'}/${'c'.repeat(38)}.debug`;
  const directory = (entries: object) => ({ type: 'directory', entries: new Map(Object.entries(entries)) });
  const file = { type: 'regular', size: 1, executable: false, narOffset: 8 };
  const tree = directory({
    lib: directory({
      debug: directory({ '.build-id': directory({ ab: directory({ [`${'c'.repeat(38)}.debug`]: file, no: file }), x: file }) }),
    }),
  });
  expect([...debugInfoLinks(tree as never, 'nar/x.nar')]).toEqual([
    { name: `debuginfo/ab${'c'.repeat(38)}.debug`, json: `{"archive":"../nar/x.nar","member":"lib/debug/.build-id/${id}"}` },
  ]);
});

describe('damage', () => {
  beforeEach(() => addAll(store));
  const narFile = async () => path.join(folder, ((await store.pathInfo(first.info.path)) as NarInfo).url);

  test('of an archive is found when it is read, and by verify', async () => {
    const file = await narFile();
    const bytes = fs.readFileSync(file);
    bytes[300]! ^= 1;
    fs.writeFileSync(file, bytes);
    await expect(narOf(await open(), first.info.path)).rejects.toMatchObject({ code: 'corrupt' });
    const problems: unknown[] = [];
    await store.verify({ checkContents: true, onProblem: ({ path: where }) => problems.push(where) });
    expect(problems).toEqual([first.info.path]);
  });

  test('an archive that is gone', async () => {
    fs.rmSync(await narFile());
    await expect(narOf(store, first.info.path)).rejects.toMatchObject({ code: 'not-found' });
    const problems: string[] = [];
    await store.verify({ onProblem: ({ message }) => problems.push(message) });
    expect(problems).toEqual([expect.stringContaining('lacks its archive')]);
  });

  test('a longer archive is not read to its end', async () => {
    fs.appendFileSync(await narFile(), Buffer.alloc(10_000_000));
    await expect(narOf(store, first.info.path)).rejects.toThrow('size mismatch importing path');
  });

  test('a narinfo about another path', async () => {
    const other = second.info.path.slice(11, 43);
    fs.copyFileSync(path.join(folder, `${hashPart}.narinfo`), path.join(folder, `${other}.narinfo`));
    await expect((await open()).pathInfo(second.info.path)).rejects.toThrow('is about');
  });

  test('names that lead out of the cache', async () => {
    const file = path.join(folder, `${hashPart}.narinfo`);
    for (const url of ['../secret', '/etc/passwd', 'nar/../../x', 'file:///etc/passwd']) {
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^URL: .*$/m, `URL: ${url}`));
      await expect(narOf(await open(), first.info.path)).rejects.toMatchObject({ code: expect.stringMatching(/invalid|not-found/) });
    }
  });
});

test('caches of another store directory, and settings that are none', async () => {
  fs.writeFileSync(path.join(folder, 'nix-cache-info'), 'StoreDir: /gnu/store\nPriority: 7\n');
  await expect(open()).rejects.toThrow("is for Nix stores with prefix '/gnu/store', not '/nix/store'");
  const other = await openStore(`file://${folder}?store=/gnu/store`);
  expect(other.priority).toBe(7);
  await other.close();
  await expect(openStore(`file://${folder}?compression=lzip`)).rejects.toThrow("unknown compression method 'lzip'");
  await expect(openStore(`file://${folder}?priority=high`)).rejects.toThrow("setting 'priority' has invalid value 'high'");
  await expect(openStore('file://host/x')).rejects.toThrow('names another machine');
  fs.writeFileSync(path.join(folder, 'nix-cache-info'), 'StoreDir: /nix/store\n');
  expect((await open('priority=3&colour=red')).priority).toBe(3);
  expect(warnings).toContain("unknown setting 'colour' in the URL of a store");
});

test('a cache that may only be read', async () => {
  await expect((await open('', { readOnly: true })).add(first.info, first.nar())).rejects.toMatchObject({ code: 'forbidden' });
});

test('realisations and logs', async () => {
  const id = `sha256:${'0'.repeat(64)}!out`;
  const realisation = { id, outPath: first.info.path, signatures: [], dependentRealisations: {} };
  expect(await store.realisations!.get(id)).toBeUndefined();
  await store.realisations!.put(realisation);
  expect(await store.realisations!.get(id)).toEqual(realisation);
  expect(fs.readdirSync(path.join(folder, 'realisations'))).toEqual([`${id}.doi`]);
  const drv = '/nix/store/00000000000000000000000000000001-x.drv';
  expect(await store.logs!.get(drv)).toBeUndefined();
  await store.logs!.put(drv, [Buffer.from('built\n')]);
  expect((await collect((await store.logs!.get(drv))!))!.toString()).toBe('built\n');
  expect(fs.readFileSync(path.join(folder, 'log', drv.slice(11)), 'utf8')).toBe('built\n');
});

test('ends when it is told to', async () => {
  const stop = AbortSignal.abort(new Error('stop'));
  await expect(store.add(first.info, first.nar(), { signal: stop })).rejects.toThrow('stop');
  expect(fs.readdirSync(folder).filter((name) => name.endsWith('.narinfo'))).toEqual([]);
});
