import { NarChunks } from '@vixen/wasm';
import { TreeReader } from './reader.ts';
import { RingWriter } from './ring.ts';
import type { ReadResult, ReadTask } from './tasks.ts';

/** Passes what is left of a tree to a ring, until all is there or nobody wants it any more. */
export async function readInto({ ring: shared, state, begun }: ReadTask): Promise<ReadResult> {
  const ring = new RingWriter(shared);
  const reader = new TreeReader(state);
  const hash = begun && (await hashOf(begun));
  try {
    for (let more = true; more; ) {
      const room = ring.blockForRoom();
      if (!room) break;
      const out = new NarChunks(undefined, room);
      more = reader.fill(out);
      const chunk = out.take();
      ring.filled(chunk.length);
      hash?.update(chunk);
    }
    if (ring.blockForRoom()) ring.end();
    return { narHash: hash && new Uint8Array(hash.digest()), recorded: reader.recorded };
  } finally {
    reader.close();
  }
}

/** Loading the runtime's cryptography takes a thread some milliseconds, so that is done where it is needed. */
async function hashOf(begun: readonly Uint8Array[]) {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const chunk of begun) hash.update(chunk);
  return hash;
}
