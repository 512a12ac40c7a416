import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { StoreError } from '../../errors.ts';
import type { PathInfo } from '../../path-info.ts';
import { type Added, noise, sourceOf } from '../../testing/trees.ts';
import { operations } from '../protocol.ts';
import { clientOf, startTestDaemon, type TestDaemon } from '../testing.ts';
import { writeInfo } from '../values/paths.ts';
import { WireWriter } from '../wire/writer.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(...options: Parameters<typeof startTestDaemon>): Promise<TestDaemon> {
  const daemon = await startTestDaemon(...options);
  cleanups.push(() => daemon.close());
  return daemon;
}

const missing = '/nix/store/00000000000000000000000000000000-missing';

describe('hostile clients', () => {
  const bytesOf = (...numbers: bigint[]) => Buffer.from(new BigUint64Array(numbers).buffer);
  const greeting = bytesOf(0x6e697863n, 0x126n, 0n, 0n, 0n);
  const huge = 2n ** 62n;

  /** Sends bytes, and answers what came back when the server has closed the connection. */
  const send = (daemon: TestDaemon, bytes: Uint8Array, end = false) =>
    new Promise<Buffer>((resolve, reject) => {
      const parts: Buffer[] = [];
      const socket = net.connect({ path: daemon.socket });
      socket.on('data', (part: Buffer) => parts.push(part));
      socket.on('close', () => resolve(Buffer.concat(parts)));
      socket.on('error', reject);
      socket.write(bytes);
      if (end) socket.end();
    });

  test.each<[string, Uint8Array, string]>([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), ''],
    ['a version that is too old', bytesOf(0x6e697863n, 0x10an), ''],
    ['another major version', bytesOf(0x6e697863n, 0x20an), ''],
    ['an operation that is none', Buffer.concat([greeting, bytesOf(999n)]), 'invalid operation 999'],
    ['an operation beyond all numbers', Buffer.concat([greeting, bytesOf(huge)]), 'too large'],
    ['a path of absurd length', Buffer.concat([greeting, bytesOf(1n, huge)]), 'too large'],
    ['a path of great length', Buffer.concat([greeting, bytesOf(1n, 2n ** 40n)]), 'the message is too large'],
    ['a path elsewhere', Buffer.concat([greeting, bytesOf(1n, 8n), Buffer.from('/etc/pwd')]), 'is not in the Nix store'],
    ['padding that is not zero', Buffer.concat([greeting, bytesOf(1n, 3n), Buffer.from('abcdefgh')]), 'non-zero padding'],
    ['an action that is none', Buffer.concat([greeting, bytesOf(20n, 9n)]), 'too large'],
  ])('%s is refused, and others are served', async (_, bytes, message) => {
    const errors: unknown[] = [];
    const daemon = await start({ onError: (error) => errors.push(error) });
    const reply = await send(daemon, bytes);
    expect(reply.toString('latin1')).toContain(message);
    expect(errors.length).toBe(1);
    const client = clientOf(daemon);
    expect(await client.pathInfo(missing)).toBeUndefined();
    await client.close();
  });

  test('a client that goes in the midst of anything leaves nothing', async () => {
    const daemon = await start();
    const { info, nar } = sourceOf({ file: noise(200_000) });
    const request = await recorded((out) => writeInfo(out.number(operations.AddToStoreNar), info));
    const whole = Buffer.concat([greeting, request, bytesOf(0n, 0n, BigInt(nar.length)), nar, bytesOf(0n)]);
    for (const length of [1, 12, greeting.length + 3, greeting.length + 100, whole.length - nar.length, whole.length - 1000]) {
      await send(daemon, whole.subarray(0, length), true);
    }
    await expect.poll(() => daemon.server.connections).toBe(0);
    expect(await daemon.store.pathInfo(info.path)).toBeUndefined();
    await send(daemon, whole, true);
    expect(await daemon.store.pathInfo(info.path)).toBeDefined();
  });

  const recorded = async (write: (out: WireWriter) => unknown): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    const out = new WireWriter(async (all) => void parts.push(...all));
    write(out);
    await out.flush();
    return Buffer.concat(parts);
  };

  test('archives of other sizes than was said, among many', async () => {
    const client = clientOf(await start());
    const [first, second] = [sourceOf({ file: 'first' }), sourceOf({ file: 'second' })];
    const lying: PathInfo = { ...first.info, narSize: first.info.narSize + 8 };
    const item = ({ info, nar }: Added) => ({ info, nar: [nar] });
    await expect(client.addMany([item({ ...first, info: lying }), item(second)], 2)).rejects.toBeInstanceOf(StoreError);
    await expect(client.addMany([item(first)], 1000)).rejects.toBeInstanceOf(StoreError);
    await client.addMany([item(second)], 1);
    expect(await client.pathInfo(second.info.path)).toBeDefined();
    await client.close();
  });
});
