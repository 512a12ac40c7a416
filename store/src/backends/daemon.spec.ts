import { afterEach, describe, expect, test } from 'vitest';
import { clientOf, startTestDaemon, type TestDaemon } from '../daemon/testing.ts';
import { openStore } from '../open.ts';
import { type StoreLack, storeTests } from '../testing/store-tests.ts';

const daemons: TestDaemon[] = [];
afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.close();
});

async function start(...options: Parameters<typeof startTestDaemon>): Promise<TestDaemon> {
  const daemon = await startTestDaemon(...options);
  daemons.push(daemon);
  return daemon;
}

function lacksOf(version: number): StoreLack[] {
  const always: StoreLack[] = ['realisation signatures', 'reading logs'];
  return [...always, ...(version < 31 ? (['realisations', 'logs'] as const) : []), ...(version < 26 ? (['error codes'] as const) : [])];
}

// Framed streams and features; archives on request and errors without traces; each step between.
for (const version of [38, 34, 29, 24, 21]) {
  storeTests(`a daemon's store, protocol 1.${version}`, async (options) => clientOf(await start({}, options), { version }), {
    lacks: lacksOf(version),
  });
}

describe('URLs', () => {
  test('a socket that nobody listens at is unavailable', async () => {
    const store = await openStore('unix:///nonexistent/socket');
    await expect(store.connect!()).rejects.toEqual(expect.objectContaining({ code: 'unavailable' }));
  });

  test.each(['unix://host/socket', 'unix:///socket?max-connections=0', 'daemon:?priority=x'])('%s is refused', async (url) => {
    await expect(openStore(url)).rejects.toEqual(expect.objectContaining({ code: 'invalid' }));
  });

  test('a path stands as it is written', async () => {
    const daemon = await start();
    const store = await openStore(`unix://${daemon.socket}?max-connections=1`);
    expect(await store.connect!()).toEqual({ version: 'Vixen', trusted: true });
    await store.close();
  });
});
