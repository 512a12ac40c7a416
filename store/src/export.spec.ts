import { afterEach, beforeEach, expect, test } from 'vitest';
import { collect } from './compression/bytes.ts';
import { exportPaths, importPaths } from './export.ts';
import { openStore } from './open.ts';
import type { Bytes, Store } from './service.ts';
import { sampleClosure } from './testing/sample-closure.ts';

const samples = sampleClosure({ paths: 5, size: 30_000 });
const all = samples.map(({ info }) => info.path);
let from: Store;
let to: Store;
let stream: Buffer;
beforeEach(async () => {
  from = await openStore('memory:', { requireSignatures: false });
  to = await openStore('memory:', { requireSignatures: false });
  for (const { info, nar } of samples) await from.add({ ...info, deriver: '/nix/store/00000000000000000000000000000001-x.drv' }, nar());
  stream = await exported(from);
});
const exported = async (store: Store, paths = all) => (await collect(exportPaths(store, (await store.pathInfos(paths)).values())))!;

async function imported(chunks: Bytes): Promise<string[]> {
  const paths: string[] = [];
  for await (const path of importPaths(to, chunks)) paths.push(path);
  return paths;
}

afterEach(async () => {
  await from.close();
  await to.close();
});

test.each([1, 7, 4096, 1 << 20])('there and back, %i bytes at a time', async (size) => {
  function* pieces() {
    for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size);
  }
  const paths = await imported(pieces());
  expect([...paths].sort()).toEqual([...all].sort());
  for (const { info } of samples) {
    const { ca: _, ...rest } = info;
    expect(await to.pathInfo(info.path)).toMatchObject({ ...rest, deriver: '/nix/store/00000000000000000000000000000001-x.drv' });
  }
  expect((await exported(to)).equals(stream)).toBe(true);
});

const end = 16;
test.each<[string, (bytes: Buffer) => Buffer]>([
  [
    "input doesn't look like something created by 'nix-store --export'",
    (bytes) => Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), bytes]),
  ],
  ['middle of an export', (bytes) => bytes.subarray(0, bytes.length - end)],
  ['bad archive', (bytes) => Buffer.concat([bytes.subarray(0, 8), Buffer.alloc(200)])],
  ['wrong format', (bytes) => Buffer.from(bytes.toString('latin1').replace('NIXE', 'NIXF'), 'latin1')],
  [
    'is not in the Nix store',
    (bytes) => Buffer.from(bytes.toString('latin1').replace('NIXE\0\0\0\0', 'NIXE\0\0\0\0\x08\0\0\0\0\0\0\0/tmp/xyz'), 'latin1'),
  ],
  [
    'the message is too large',
    (bytes) => Buffer.from(bytes.toString('latin1').replace('NIXE\0\0\0\0', 'NIXE\0\0\0\0\0\0\0\x40\0\0\0\0'), 'latin1'),
  ],
])('%s', async (message, damage) => {
  await expect(imported([damage(stream)])).rejects.toMatchObject({
    code: expect.stringMatching(/^(invalid|exhausted)$/),
    message: expect.stringContaining(message),
  });
});

test('the legacy signature is skipped', async () => {
  const one = await exported(from, [all[0]!]);
  const signed = Buffer.concat([
    one.subarray(0, -end),
    Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 97, 98, 99, 0, 0, 0, 0, 0]),
    Buffer.alloc(8),
  ]);
  expect(await imported([signed])).toEqual([all[0]]);
});
