// Our server with real Nix' clients, and our client with real Nix' daemon.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../open.ts';
import { bridge } from '../testing/bridge.ts';
import { missingNix, NixOracle, oracleCommand } from '../testing/oracle.ts';
import { storeTests } from '../testing/store-tests.ts';
import { collectBytes, noise, sourceOf, strangeTree, textOf } from '../testing/trees.ts';
import { type DaemonServer, serveDaemon } from './server/serve.ts';
import { clientOf } from './testing.ts';

const missing = missingNix();

describe.skipIf(missing !== undefined)(`daemons and clients of Nix${missing ? ` (${missing})` : ''}`, () => {
  describe("Nix's commands and our server", () => {
    let nix: NixOracle;
    let server: DaemonServer;
    let tree: string;

    /** Runs a command on our store. */
    const run = (program: string, ...args: string[]) => nix.run(program, args, { env: { NIX_REMOTE: remote() } });
    const output = async (program: string, ...args: string[]) =>
      (await nix.output(program, args, { env: { NIX_REMOTE: remote() } })).trimEnd();
    const remote = () => `unix://${nix.at('socket')}?root=${nix.at('ours')}`;
    const open = () => openStore(`embedded://${nix.at('ours')}`);
    const start = async (trusted: boolean) => {
      server = await serveDaemon(open, { socket: nix.at('socket'), trusted, checkOut: true });
    };

    beforeAll(async () => {
      nix = new NixOracle();
      fs.mkdirSync(nix.at('tree', 'folder'), { recursive: true });
      fs.writeFileSync(nix.at('tree', 'folder', 'file'), 'contents\n');
      fs.writeFileSync(nix.at('tree', 'large'), noise(3_000_000));
      fs.writeFileSync(nix.at('tree', 'run'), '#!/bin/sh\n', { mode: 0o755 });
      fs.symlinkSync('folder/file', nix.at('tree', 'link'));
      await start(true);
      tree = await output('nix-store', '--add', 'tree');
    });

    afterAll(async () => {
      await server?.close();
      nix?.remove();
    });

    test('it says who it is', async () => {
      expect(JSON.parse(await output('nix', 'store', 'info', '--json'))).toMatchObject({ trusted: true, version: 'Vixen' });
    });

    test('paths are added as in a store of its own', async () => {
      expect(tree).toBe((await nix.output('nix-store', ['--add', 'tree'])).trimEnd());
      for (const args of [
        ['--mode', 'flat', 'tree/large'],
        ['--mode', 'text', 'tree/folder/file'],
        ['--hash-algo', 'sha1', 'tree'],
      ]) {
        expect(await output('nix', 'store', 'add', ...args)).toBe((await nix.output('nix', ['store', 'add', ...args])).trimEnd());
      }
    });

    test('what was added is read', async () => {
      expect(await output('nix', 'store', 'cat', `${tree}/folder/file`)).toBe('contents');
      expect(await output('nix', 'store', 'ls', '-R', tree)).toBe(['./folder', './folder/file', './large', './link', './run'].join('\n'));
      expect(await output('nix-store', '-q', '--size', tree)).toBe(String((await nix.bytes('nix-store', ['--dump', 'tree'])).length));
    });

    test('derivations are written, queried, kept by roots, and not built', async () => {
      const expression =
        'derivation { name = "d"; system = "x86_64-linux"; builder = "/bin/sh"; src = ./tree; text = builtins.toFile "t" "text"; }';
      const drv = await output('nix-instantiate', '-E', expression);
      expect(drv).toBe(await nix.output('nix-instantiate', ['-E', expression]).then((text) => text.trimEnd()));
      const requisites = (await output('nix-store', '-q', '--requisites', drv)).split('\n');
      expect(requisites).toContain(tree);
      expect(requisites.length).toBe(3);
      expect(await output('nix-store', '-q', '--outputs', drv)).toMatch(/-d$/);
      expect(await output('nix-store', '-q', '--referrers', tree)).toBe(drv);
      expect(await output('nix-store', '-q', '--binding', 'name', drv)).toBe('d');
      const built = await run('nix-build', '-E', expression);
      expect(built).toMatchObject({ code: 1, stderr: expect.stringContaining(`${drv}\nerror: store 'embedded://`) });
      await output('nix-instantiate', '-E', expression, '--add-root', nix.at('root-of-drv'));
      expect(await output('nix-store', '-q', '--roots', tree)).toBe(`${nix.at('root-of-drv')} -> ${drv}`);
      expect(await run('nix', 'store', 'delete', tree)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('since it is still alive'),
      });
      expect((await output('nix-store', '--gc', '--print-live')).split('\n').sort()).toEqual(requisites.sort());
    });

    test('expressions are evaluated with it', async () => {
      const text = await output('nix', 'eval', '--raw', '--expr', 'builtins.toFile "outer" "a ${builtins.toFile "inner" "b"}"');
      expect(await output('nix', 'store', 'cat', text)).toMatch(/^a .*-inner$/);
      expect(await output('nix', 'eval', '--raw', '--impure', '--expr', 'builtins.readFile "${./tree}/folder/file"')).toBe('contents');
    });

    test('it agrees with what is verified', async () => {
      expect(await run('nix', 'store', 'verify', '--all', '--no-trust')).toMatchObject({ code: 0 });
      expect(await run('nix-store', '--verify', '--check-contents')).toMatchObject({ code: 0 });
      expect(await run('nix', 'store', 'optimise')).toMatchObject({ code: 0 });
    });

    test('closures are copied there and back', async () => {
      const copied = { env: { NIX_REMOTE: 'dummy://' } };
      await nix.output('nix', ['copy', '--no-check-sigs', '--from', remote(), '--to', `local?root=${nix.at('other')}`, '--all'], copied);
      const all = (await output('nix', 'path-info', '--all')).split('\n').sort();
      const other = (await nix.output('nix', ['path-info', '--all', '--store', `local?root=${nix.at('other')}`])).trimEnd().split('\n');
      expect(other.sort()).toEqual(all);
      const socket = nix.at('second');
      const second = await serveDaemon(() => openStore(`embedded://${nix.at('again')}`), { socket, trusted: false });
      try {
        await nix.output('nix', ['copy', '--from', `local?root=${nix.at('other')}`, '--to', `unix://${socket}`, '--all'], copied);
        const client = clientOf({ socket });
        expect([...(await client.pathInfos(all)).keys()].sort()).toEqual(all);
        await client.close();
      } finally {
        await second.close();
      }
    });

    test('archives are read through the protocol alone', async () => {
      const { program, input, output: result } = await bridge(nix);
      const connection = net.connect({ path: nix.at('socket') });
      input.pipe(connection).pipe(result);
      const store = `ssh-ng://localhost?remote-program=${program}`;
      const nar = await nix.bytes('nix', ['store', 'dump-path', '--store', store, tree], { env: { NIX_REMOTE: 'dummy://' } });
      expect(Buffer.compare(nar, await nix.bytes('nix-store', ['--dump', 'tree']))).toBe(0);
      connection.destroy();
    });

    test('a client that is not trusted brings nothing unsigned', async () => {
      await server.close();
      await start(false);
      expect(JSON.parse(await output('nix', 'store', 'info', '--json'))).toMatchObject({ trusted: false });
      fs.writeFileSync(nix.at('unsigned'), 'x');
      const unsigned = '/nix/store/00000000000000000000000000000000-unsigned';
      const source = `local?root=${nix.at('other')}`;
      const registration = [unsigned, '', '0', ''].join('\n');
      const other = { input: registration, env: { NIX_REMOTE: source } };
      fs.writeFileSync(path.join(nix.at('other'), unsigned), 'x');
      await nix.output('nix-store', ['--register-validity', '--reregister'], other);
      const copy = await nix.run('nix', ['copy', '--no-check-sigs', '--from', source, '--to', remote(), unsigned]);
      expect(copy).toMatchObject({ code: 1, stderr: expect.stringContaining('lacks a signature by a trusted key') });
      expect(await run('nix-store', '--verify', '--repair')).toMatchObject({ code: 1, stderr: expect.stringContaining('not privileged') });
    });

    test('what no root reaches is collected', async () => {
      fs.rmSync(nix.at('root-of-drv'));
      expect(await output('nix-store', '--gc')).toMatch(/^[1-9]\d* store paths deleted/m);
      expect(await output('nix', 'path-info', '--all')).toBe('');
    });
  });

  describe("our client and Nix's daemon", () => {
    const running: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const stop of running.splice(0)) await stop();
    });

    const start = async (trustedKeys: readonly string[] = []) => {
      const daemon = await NixDaemon.start(trustedKeys);
      running.push(() => daemon.stop());
      return daemon;
    };

    // It keeps what it was given while clients are connected, and wants realisations of valid paths: specs of their own are below.
    storeTests("a Nix daemon's store", async ({ trustedPublicKeys = [] }) => clientOf(await start(trustedPublicKeys)), {
      lacks: ['error codes', 'realisations', 'reading logs', 'collector'],
    });

    test('greeting, archives of all kinds, many at once', async () => {
      const client = clientOf(await start());
      expect(await client.connect()).toEqual({ version: expect.stringMatching(/^2\./), trusted: true });
      const added = [sourceOf(strangeTree), textOf('a text'), sourceOf({ file: noise(1_000_000) }, { name: 'large' })];
      await client.addMany(
        added.map(({ info, nar }) => ({ info, nar: [nar] })),
        added.length,
      );
      for (const { info, nar } of added) expect(Buffer.compare(await collectBytes(client.nar(info.path)), nar)).toBe(0);
      await client.close();
    });

    test('roots and collection', async () => {
      const daemon = await start();
      const [kept, lost] = [sourceOf({ file: 'kept' }), sourceOf({ file: 'lost' })];
      const first = clientOf(daemon);
      for (const { info, nar } of [kept, lost]) await first.add(info, [nar]);
      await first.close();
      const client = clientOf(daemon);
      const link = `${daemon.socket}-root`;
      fs.symlinkSync(kept.info.path, link);
      await client.collector.addIndirectRoot(link);
      const roots = [];
      for await (const root of client.collector.roots()) roots.push(root);
      expect(roots).toEqual([{ name: link, path: kept.info.path }]);
      expect((await client.collector.collect({ mode: 'live' })).paths).toEqual([kept.info.path]);
      expect((await client.collector.collect({ mode: 'delete' })).paths).toEqual([lost.info.path]);
      await client.collector.addTemporaryRoots([kept.info.path]);
      fs.rmSync(link);
      expect((await client.collector.collect({ mode: 'delete' })).paths).toEqual([]);
      await client.close();
      const last = clientOf(daemon);
      expect((await last.collector.collect({ mode: 'delete' })).paths).toEqual([kept.info.path]);
      await last.close();
    });

    test('realisations and logs', async () => {
      const client = clientOf(await start());
      const { info, nar } = sourceOf({ file: 'built' });
      await client.add(info, [nar]);
      const realisation = { id: `sha256:${'ab'.repeat(32)}!out`, outPath: info.path, signatures: [], dependentRealisations: {} };
      expect(await client.realisations.get(realisation.id)).toBeUndefined();
      await client.realisations.put(realisation);
      expect(await client.realisations.get(realisation.id)).toEqual(realisation);
      await client.logs.put('/nix/store/11111111111111111111111111111111-x.drv', [Buffer.from('a log\n')]);
      await client.close();
    });

    test('what is damaged is told', async () => {
      const daemon = await start();
      const client = clientOf(daemon);
      const { info, nar } = sourceOf({ file: 'contents' });
      await client.add(info, [nar]);
      const file = path.join(path.dirname(daemon.socket), 'root', info.path);
      fs.chmodSync(file, 0o644);
      fs.writeFileSync(file, 'damaged!');
      const problems: string[] = [];
      await client.verify({ checkContents: true, onProblem: ({ message }) => problems.push(message) });
      expect(problems.join('\n')).toMatch(/path '.*-source' was modified! expected hash/);
      await client.close();
    });

    test.each([37, 34, 29, 24, 21])('protocol 1.%i', async (version) => {
      const client = clientOf(await start(), { version });
      const { info, nar } = sourceOf(strangeTree);
      await client.add(info, [nar]);
      expect(await client.pathInfo(info.path)).toMatchObject({ path: info.path, narSize: nar.length });
      expect(Buffer.compare(await collectBytes(client.nar(info.path)), nar)).toBe(0);
      await expect(client.add({ ...info, path: `${info.path}x` }, [nar])).rejects.toThrow();
      await client.close();
    });
  });
});

/** A daemon of Nix with a store of its own. */
class NixDaemon {
  readonly socket: string;
  readonly #nix: NixOracle;
  readonly #process: ChildProcess;

  private constructor(nix: NixOracle, process: ChildProcess, socket: string) {
    this.#nix = nix;
    this.#process = process;
    this.socket = socket;
  }

  static async start(trustedKeys: readonly string[]): Promise<NixDaemon> {
    const nix = new NixOracle();
    const socket = nix.at('socket');
    const { file, before } = oracleCommand('nix-daemon');
    const settings = `experimental-features = nix-command ca-derivations\nsubstituters =\ntrusted-public-keys = ${trustedKeys.join(' ')}\n`;
    const env = { ...process.env, NIX_DAEMON_SOCKET_PATH: socket, NIX_CONFIG: settings };
    const child = spawn(file, [...before, '--store', nix.store], { env, detached: true, stdio: 'ignore' });
    const daemon = new NixDaemon(nix, child, socket);
    await greetedBy(socket);
    return daemon;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    // With what a wrapper has started.
    process.kill(-this.#process.pid!, 'SIGKILL');
    await ended;
    this.#nix.remove();
  }
}

/**
 * Resolves when a daemon has greeted. A mere probe of the socket would not do: a process of the daemon's for each connection makes the store's database
 * where there is none, and of two at once one may fail, and close its connection without a word.
 */
async function greetedBy(socket: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = clientOf({ socket });
    try {
      await client.connect();
      return;
    } catch (error) {
      if (tries > 500) throw error;
      await setTimeout(20);
    } finally {
      await client.close();
    }
  }
}
