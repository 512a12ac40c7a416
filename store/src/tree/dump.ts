/** File trees as archives (Nix manual, "Nix Archive (NAR) format"). */
import { NarChunks } from '@vixen/wasm';
import type { CallOptions } from '../service.ts';
import { wasmFile } from '../wasm.ts';
import { Breather } from './breather.ts';
import type { FilePath } from './paths.ts';
import { type TreeFilter, TreeReader } from './reader.ts';
import { newRing, RingReader } from './ring.ts';
import type { ReadResult } from './tasks.ts';
import { readInThread } from './thread.ts';
import { slotSize } from './tree-records.ts';
import type { TreeSink } from './tree-sink.ts';

export interface TreeOptions extends CallOptions {
  /** What is left out, with all that is in it. Such a tree is read by this thread. */
  readonly filter?: TreeFilter | undefined;
  /** Milliseconds of work after which a thread goes on: about what its start takes. */
  readonly threadAfter?: number;
}

const threadAfter = 20;

/**
 * The archive of what lies at `path`, as `nix-store --dump`. A chunk is valid until the next is asked for. Fails with `not-found` where there is nothing, and
 * with `invalid` for what no archive can hold.
 */
export async function* dumpTree(path: FilePath, options: TreeOptions = {}): AsyncGenerator<Uint8Array, void, void> {
  const reader = TreeReader.of(path, options);
  try {
    if (yield* readHere(reader, options)) yield* readOn(reader, options);
  } finally {
    reader.close();
  }
}

/** Reads a tree until it ends or the time for a thread has come; answers whether there is more. */
export async function* readHere(reader: TreeReader, options: TreeOptions, sink?: TreeSink): AsyncGenerator<Uint8Array, boolean, void> {
  const limit = options.filter ? Number.POSITIVE_INFINITY : (options.threadAfter ?? threadAfter);
  const breather = new Breather(options);
  const out = new NarChunks();
  let worked = 0;
  let more = true;
  try {
    while (more && worked <= limit) {
      await breather.breathe();
      const before = performance.now();
      more = reader.fill(out, sink);
      worked += performance.now() - before;
      yield out.take();
    }
    return more;
  } finally {
    out.release();
  }
}

/** Reads the rest in a thread: parts of the archive or, `withRecords`, slots of `tree-records.ts`. */
export async function* readOn(reader: TreeReader, options: CallOptions, withRecords = false): AsyncGenerator<Uint8Array, ReadResult, void> {
  const shared = newRing(withRecords ? slotSize : undefined);
  const ring = new RingReader(shared);
  const breather = new Breather(options);
  const cancel = () => ring.cancel();
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', cancel);
  const wasm = withRecords ? wasmFile() : undefined;
  const answer = readInThread({ type: 'read', ring: shared, state: reader.handOver(), wasm }, cancel);
  try {
    for (let chunk = await ring.waitForBytes(); chunk; chunk = await ring.waitForBytes()) {
      yield chunk;
      ring.emptied();
      await breather.breathe();
    }
    options.signal?.throwIfAborted();
    return await answer;
  } finally {
    cancel();
    options.signal?.removeEventListener('abort', cancel);
  }
}
