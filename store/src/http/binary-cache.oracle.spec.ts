// Binary caches with real Nix on the other side: it reads what we write and serve, and we read what it writes.
import fs from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { copyPaths } from '../copy.ts';
import { exportPaths, importPaths } from '../export.ts';
import { pathFingerprint } from '../formats/fingerprint.ts';
import { writeSecretKeyFile } from '../formats/key-files.ts';
import { PublicKeys, SecretKey } from '../formats/keys.ts';
import { signing } from '../layers/sign.ts';
import { openStore } from '../open.ts';
import type { PathInfo } from '../path-info.ts';
import type { Store } from '../service.ts';
import { missingNix, NixOracle } from '../testing/oracle.ts';
import { type SamplePath, sampleClosure } from '../testing/sample-closure.ts';
import { collectBytes } from '../testing/trees.ts';
import { type HttpServer, serveHttp } from './server.ts';

const missing = missingNix();

describe.skipIf(missing !== undefined)(`binary caches and Nix${missing ? ` (${missing})` : ''}`, () => {
  const samples = sampleClosure({ paths: 20, size: 300_000, files: 6 });
  const top = samples.at(-1)!.info;
  // Not content-addressed: these need a signature.
  const plain: SamplePath[] = samples.map(({ info: { ca: _, ...info }, nar }) => ({ info, nar }));
  const key = SecretKey.generate('spec-1');
  const trust = ['--option', 'trusted-public-keys', key.publicKey.toString()];
  const noTrust = ['--option', 'require-sigs', 'false'];
  let nix: NixOracle;
  let secret: string;
  let serial = 0;
  const closing: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    nix = new NixOracle();
    secret = nix.at('secret');
    await writeSecretKeyFile(secret, key);
  });
  afterEach(async () => {
    for (const one of closing.splice(0)) await one.close();
  });
  afterAll(() => nix.remove());

  const closed = <T extends { close(): Promise<void> }>(one: T): T => {
    closing.unshift(one);
    return one;
  };
  const memory = async () => closed(await openStore('memory:', { requireSignatures: false }));
  const freshRoot = () => `local?root=${nix.at(`root-${serial++}`)}`;
  const freshFolder = () => nix.at(`cache-${serial++}`);
  const open = async (url: string) => closed(await openStore(url));

  async function filled(paths = samples): Promise<Store> {
    const store = await memory();
    for (const { info, nar } of paths) await store.add(info, nar());
    return store;
  }

  const serve = async (store: Store, options = {}): Promise<HttpServer> =>
    closed(await serveHttp(store, { uploadToken: 'secret', ...options }));
  const verified = (root: string) => nix.output('nix', ['store', 'verify', '--all', '--no-trust', '--store', root]);

  /** That a store has all samples, as they were made. */
  async function expectAll(store: Store): Promise<void> {
    for (const { info, nar } of samples) {
      expect(await store.pathInfo(info.path)).toMatchObject({ path: info.path, narSize: info.narSize, references: info.references });
      expect(Buffer.compare(await collectBytes(store.nar(info.path)), await collectBytes(nar()))).toBe(0);
    }
  }

  test.each(['none', 'zstd'] as const)('it copies from our server, %s', async (compression) => {
    const server = await serve(await filled(), { compression });
    const root = freshRoot();
    await nix.output('nix', ['copy', '--from', server.url, '--to', root, top.path]);
    await verified(root);
    const infos = JSON.parse(await nix.output('nix', ['path-info', '--json', '--json-format', '1', '-r', '--store', root, top.path]));
    expect(Object.keys(infos).sort()).toEqual(samples.map(({ info }) => info.path).sort());
  });

  test('it trusts what our server signs', async () => {
    const store = await filled(plain);
    const unsigned = await serve(store);
    const root = freshRoot();
    const refused = await nix.run('nix', ['copy', '--from', unsigned.url, '--to', root, top.path]);
    expect(refused.stderr).toMatch(/lacks a signature by a trusted key/);
    const server = await serve(store, { secretKeys: [key] });
    await nix.output('nix', ['copy', '--from', server.url, '--to', root, ...trust, top.path]);
    await nix.output('nix', ['store', 'verify', '--all', '--store', root, ...trust]);
  });

  test('it substitutes from our server', async () => {
    const server = await serve(await filled(plain), { secretKeys: [key] });
    const root = freshRoot();
    await nix.output('nix-store', ['--store', root, '-r', top.path, '--option', 'substituters', server.url, ...trust]);
    await verified(root);
  });

  test.each(['none', 'zstd', 'xz&compression-level=1', 'gzip', 'br'])('it copies to our server, %s', async (compression) => {
    const root = freshRoot();
    await nix.output('nix', ['copy', '--from', (await serve(await filled())).url, '--to', root, top.path]);
    const store = await memory();
    const server = await serve(store);
    fs.writeFileSync(nix.at('netrc'), 'machine 127.0.0.1 login me password secret\n');
    const to = `${server.url}?compression=${compression}&write-nar-listing=true`;
    const netrc = ['--option', 'netrc-file', nix.at('netrc')];
    await nix.output('nix', ['copy', '--from', root, '--to', to, ...netrc, top.path]);
    await expectAll(store);
    // It remembers the names that it gave.
    const back = freshRoot();
    await nix.output('nix', ['copy', '--from', server.url, '--to', back, ...netrc, top.path]);
    await verified(back);
  });

  test('without the token it is refused', async () => {
    const root = freshRoot();
    await nix.output('nix', ['copy', '--from', (await serve(await filled())).url, '--to', root, top.path]);
    const server = await serve(await memory());
    const { code, stderr } = await nix.run('nix', ['copy', '--from', root, '--to', server.url, top.path]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/HTTP error 401/);
  });

  test.each(['none', 'zstd', 'xz&compression-level=1', 'zstd&parallel-compression=true', 'gzip', 'br'])(
    'it reads a folder that we wrote, %s',
    async (compression) => {
      const folder = freshFolder();
      const cache = await open(`file://${folder}?compression=${compression}&secret-key=${secret}&write-nar-listing=true`);
      await copyPaths(await filled(plain), cache, [top.path]);
      const root = freshRoot();
      await nix.output('nix', ['copy', '--from', `file://${folder}`, '--to', root, ...trust, top.path]);
      await nix.output('nix', ['store', 'verify', '--all', '--store', root, ...trust]);
      await nix.output('nix', ['store', 'verify', '--store', `file://${folder}`, '-r', ...trust, top.path]);
    },
  );

  test.each(['none', 'zstd', 'xz', 'bzip2', 'gzip', 'br', 'xz&parallel-compression=true'])(
    'we read a folder that it wrote, %s',
    async (compression) => {
      const folder = freshFolder();
      const root = freshRoot();
      await nix.output('nix', ['copy', '--from', (await serve(await filled())).url, '--to', root, top.path]);
      await nix.output('nix', [
        'copy',
        '--from',
        root,
        '--to',
        `file://${folder}?compression=${compression}&secret-key=${secret}`,
        top.path,
      ]);
      const cache = await open(`file://${folder}`);
      await expectAll(cache);
      const info = (await cache.pathInfo(top.path)) as PathInfo;
      expect([...new PublicKeys([key.publicKey]).signers(pathFingerprint(info), info.signatures)]).toEqual(['spec-1']);
      const store = await memory();
      expect((await copyPaths(cache, store, [top.path])).copied).toHaveLength(20);
    },
  );

  test('listings are as it writes them', async () => {
    const [ours, theirs] = [freshFolder(), freshFolder()];
    const root = freshRoot();
    await nix.output('nix', ['copy', '--from', (await serve(await filled())).url, '--to', root, top.path]);
    await nix.output('nix', ['copy', '--from', root, '--to', `file://${theirs}?compression=none&write-nar-listing=true`, top.path]);
    await copyPaths(await filled(), await open(`file://${ours}?compression=none&write-nar-listing=true`), [top.path]);
    const files = fs.readdirSync(theirs).filter((name) => /\.(ls|narinfo)$/.test(name));
    expect(files).toHaveLength(40);
    for (const name of files) expect(fs.readFileSync(`${ours}/${name}`, 'utf8')).toBe(fs.readFileSync(`${theirs}/${name}`, 'utf8'));
    expect(fs.readFileSync(`${ours}/nix-cache-info`, 'utf8')).toBe(fs.readFileSync(`${theirs}/nix-cache-info`, 'utf8'));
    expect(fs.readdirSync(`${ours}/nar`).sort()).toEqual(fs.readdirSync(`${theirs}/nar`).sort());
  });

  test('exported streams, to it and from it', async () => {
    const root = freshRoot();
    const paths = samples.map(({ info }) => info.path);
    const chunks: Buffer[] = [];
    for await (const chunk of exportPaths(
      await filled(),
      samples.map(({ info }) => info),
    ))
      chunks.push(Buffer.from(chunk));
    const imported = await nix.output('nix-store', ['--store', root, '--import', ...noTrust], { input: Buffer.concat(chunks) });
    expect(imported.trim().split('\n').sort()).toEqual([...paths].sort());
    const stream = await nix.bytes('nix-store', ['--store', root, '--export', ...paths]);
    const store = await memory();
    const taken: string[] = [];
    for await (const path of importPaths(store, [stream])) taken.push(path);
    expect(taken.sort()).toEqual([...paths].sort());
    await expectAll(store);
  });

  test('signing as a layer', async () => {
    const folder = freshFolder();
    const cache = signing(await open(`file://${folder}?compression=none`), [key]);
    await copyPaths(await filled(plain), cache, [top.path]);
    await nix.output('nix', ['store', 'verify', '--store', `file://${folder}`, '-r', ...trust, top.path]);
  });
});
