import { createHash } from 'node:crypto';
import { NarChunks } from '@vixen/wasm';
import { TreeReader } from './reader.ts';
import { RingWriter } from './ring.ts';
import type { ReadResult, ReadTask } from './tasks.ts';

/** Passes what is left of a tree to a ring, until all is there or nobody wants it any more. */
export function readInto({ ring: shared, state, begun }: ReadTask): ReadResult {
  const ring = new RingWriter(shared);
  const reader = new TreeReader(state);
  const hash = begun && createHash('sha256');
  for (const chunk of begun ?? []) hash!.update(chunk);
  try {
    for (let more = true; more; ) {
      const room = ring.blockForRoom();
      if (!room) return { narHash: undefined };
      const out = new NarChunks(undefined, room);
      more = reader.fill(out);
      const chunk = out.take();
      ring.filled(chunk.length);
      hash?.update(chunk);
    }
    if (ring.blockForRoom()) ring.end();
    return { narHash: hash && new Uint8Array(hash.digest()) };
  } finally {
    reader.close();
  }
}
