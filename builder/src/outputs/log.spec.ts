import type { Bytes, LogService } from '@vixen/store';
import { expect, test } from 'vitest';
import { LogKeeper } from './log.ts';

const drvPath = '/nix/store/00000000000000000000000000000001-x.drv';

/** Takes chunks when it is told to. */
class SlowLogs implements LogService {
  size = 0;
  puts = 0;
  #go: () => void = () => {};
  readonly #gate = new Promise<void>((resolve) => {
    this.#go = resolve;
  });

  async get() {
    return undefined;
  }

  async put(_: string, log: Bytes): Promise<void> {
    this.puts++;
    await this.#gate;
    for await (const chunk of log) this.size += chunk.length;
  }

  go(): void {
    this.#go();
  }
}

const settled = (promise: unknown) =>
  Promise.race([Promise.resolve(promise).then(() => true), new Promise((resolve) => setImmediate(resolve, false))]);

test('a builder that writes faster than the store takes has to wait', async () => {
  const logs = new SlowLogs();
  const log = new LogKeeper(logs, drvPath, undefined);
  const chunk = () => new Uint8Array(1024 * 1024);
  const waits = [1, 2, 3, 4, 5].map(() => log.take(chunk()));
  expect(waits.slice(0, 3)).toEqual([undefined, undefined, undefined]);
  expect(await settled(waits[4])).toBe(false);
  logs.go();
  await Promise.all(waits);
  expect(await log.stored()).toBeUndefined();
  expect(logs.size).toBe(5 * 1024 * 1024);
});

test('a build that says nothing leaves no log', async () => {
  const logs = new SlowLogs();
  const log = new LogKeeper(logs, drvPath, undefined);
  expect(await log.stored()).toBeUndefined();
  expect(logs.puts).toBe(0);
});

test('a store that cannot keep the log stops nobody, and is told', async () => {
  const heard: number[] = [];
  const failing: LogService = {
    get: async () => undefined,
    put: async () => {
      throw new Error('disk full');
    },
  };
  const log = new LogKeeper(failing, drvPath, (bytes) => heard.push(bytes.length));
  for (let i = 0; i < 8; i++) await log.take(new Uint8Array(1024 * 1024));
  expect(await log.stored()).toEqual(new Error('disk full'));
  expect(heard.length).toBe(8);
});
