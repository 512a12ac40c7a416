import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../service.ts';
import { sourceOf } from '../../testing/trees.ts';
import { connectToDaemon } from '../client/connection.ts';
import { clientOf, startTestDaemon, type TestDaemon } from '../testing.ts';
import { serveDaemon } from './serve.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(...options: Parameters<typeof startTestDaemon>): Promise<TestDaemon> {
  const daemon = await startTestDaemon(...options);
  cleanups.push(() => daemon.close());
  return daemon;
}

const failure = (code: string) => expect.objectContaining({ code });
const missing = '/nix/store/00000000000000000000000000000000-missing';

describe('connections', () => {
  test('an error that comes early ends the sending', async () => {
    const client = clientOf(await start());
    const { info } = sourceOf({ file: 'x' });
    let sent = 0;
    const endless = async function* () {
      for (; sent < 2 ** 30; sent += 65536) yield new Uint8Array(65536);
    };
    await expect(client.add({ ...info, narSize: 2 ** 30 }, endless())).rejects.toEqual(failure('invalid'));
    expect(sent).toBeLessThan(2 ** 26);
    await client.close();
  });

  test('a daemon that was started again is found again', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'vixen-daemon-'));
    cleanups.push(() => fs.rmSync(folder, { recursive: true }));
    const daemon = await start();
    const socket = path.join(folder, 's');
    const first = await serveDaemon(daemon.store, { socket });
    const client = clientOf({ socket });
    expect(await client.pathInfo(missing)).toBeUndefined();
    await first.close();
    await expect(client.pathInfo(missing)).rejects.toEqual(failure('unavailable'));
    const second = await serveDaemon(daemon.store, { socket });
    expect(await client.pathInfo(missing)).toBeUndefined();
    await client.close();
    await second.close();
  });

  test('more calls than connections wait for their turn', async () => {
    const daemon = await start();
    const client = clientOf(daemon, { maxConnections: 2 });
    const many = Array.from({ length: 20 }, (_, i) => sourceOf({ file: `file ${i}` }));
    await Promise.all(many.map(({ info, nar }) => client.add(info, [nar])));
    expect(daemon.server.connections).toBeLessThanOrEqual(2);
    const infos = await client.pathInfos(many.map(({ info }) => info.path));
    expect(infos.size).toBe(20);
    await client.close();
  });

  test('a socket is not taken from a server that listens, nor a file from anybody', async () => {
    const daemon = await start();
    await expect(serveDaemon(daemon.store, { socket: daemon.socket })).rejects.toEqual(failure('in-use'));
    const file = `${daemon.socket}.file`;
    fs.writeFileSync(file, '');
    await expect(serveDaemon(daemon.store, { socket: file })).rejects.toEqual(failure('invalid'));
  });

  test('only a socket of its own user alone makes clients trusted', async () => {
    const daemon = await start();
    for (const [mode, trusted] of [
      [0o600, true],
      [0o660, false],
      [0o666, false],
    ] as const) {
      const socket = `${daemon.socket}-${mode}`;
      const server = await serveDaemon(daemon.store, { socket, mode });
      expect(fs.statSync(socket).mode & 0o777).toBe(mode);
      const client = clientOf({ socket });
      expect((await client.connect()).trusted).toBe(trusted);
      await client.close();
      await server.close();
      expect(fs.existsSync(socket)).toBe(false);
    }
  });

  test('a store may be opened for each connection, and is closed with it', async () => {
    const daemon = await start();
    const open = new Set<Store>();
    const socket = `${daemon.socket}-own`;
    const openOwn = async (): Promise<Store> => {
      const own: Store = Object.assign(Object.create(daemon.store), { close: async () => void open.delete(own) });
      open.add(own);
      return own;
    };
    const server = await serveDaemon(openOwn, { socket });
    const [one, two] = [await connectToDaemon(socket), await connectToDaemon(socket)];
    expect(open.size).toBe(2);
    one.destroy();
    await expect.poll(() => open.size).toBe(1);
    two.destroy();
    await expect.poll(() => open.size).toBe(0);
    await server.close();
  });
});
