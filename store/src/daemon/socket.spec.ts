import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { noise, sourceOf } from '../testing/trees.ts';
import { clientOf, startTestDaemon } from './testing.ts';

test('who reads slowly holds the other side up, and gets all of it as it was', async () => {
  const daemon = await startTestDaemon();
  const client = clientOf(daemon);
  const { info, nar } = sourceOf({ file: noise(3_000_000) });
  await client.add(info, [nar]);
  const parts: Uint8Array[] = [];
  for await (const chunk of client.nar(info.path)) {
    if (parts.length % 8 === 0) await setTimeout(10);
    parts.push(chunk.slice());
  }
  expect(Buffer.compare(Buffer.concat(parts), nar)).toBe(0);
  await client.close();
  await daemon.close();
});
