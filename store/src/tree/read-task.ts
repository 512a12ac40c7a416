import { NarChunks, type WasmHashes } from '@vixen/wasm';
import { TreeReader } from './reader.ts';
import { RingWriter } from './ring.ts';
import type { ReadResult, ReadTask } from './tasks.ts';
import { threadHashes } from './thread-hashes.ts';
import { archiveAt, RecordWriter } from './tree-records.ts';

/** Passes what is left of a tree to a ring, until all is there or nobody wants it any more. */
export function readInto({ ring: shared, state, wasm }: ReadTask): ReadResult {
  const ring = new RingWriter(shared);
  const reader = new TreeReader(state);
  const fill = wasm !== undefined ? fillerWithRecords(reader, threadHashes(wasm)) : (slot: Uint8Array) => fillArchive(reader, slot);
  try {
    for (let more = true; more; ) {
      const slot = ring.blockForRoom();
      if (!slot) break;
      const filled = fill(slot);
      more = filled.more;
      ring.filled(filled.size);
    }
    if (ring.blockForRoom()) ring.end();
    return { recorded: reader.recorded };
  } finally {
    reader.close();
  }
}

interface Filled {
  readonly size: number;
  readonly more: boolean;
}

function fillArchive(reader: TreeReader, slot: Uint8Array, records?: RecordWriter): Filled {
  const out = new NarChunks(undefined, slot);
  const more = reader.fill(out, records);
  return { size: out.take().length, more };
}

function fillerWithRecords(reader: TreeReader, hashes: WasmHashes): (slot: Uint8Array) => Filled {
  const records = new RecordWriter(hashes);
  return (slot) => {
    records.begin(slot);
    const { size, more } = fillArchive(reader, slot.subarray(archiveAt), records);
    records.end();
    return { size: archiveAt + size, more };
  };
}
