/** File trees into a castore. */
import { createHash } from 'node:crypto';
import type { Castore } from '../service.ts';
import { readHere, readOn, type TreeOptions } from './dump.ts';
import type { FilePath } from './paths.ts';
import { TreeReader } from './reader.ts';
import { type IngestedTree, type RecallOptions, recall, snapshotOf } from './snapshot.ts';
import type { Recorded } from './states.ts';
import { TreeIngest } from './tree-ingest.ts';
import { archiveAt, tellRecords } from './tree-records.ts';
import type { TreeStates } from './tree-states.ts';

export interface IngestOptions extends TreeOptions, RecallOptions {
  /** Where it is remembered what trees were, so that those which have not changed are not read again. Not for filtered trees. */
  readonly states?: TreeStates;
  /** Sees the archive, part by part; a part is valid until it returns. Nothing is told of a tree that is not read again. */
  readonly onArchive?: (bytes: Uint8Array) => void;
}

/**
 * Takes what lies at `path` into a castore, reading each file once, and answers its root with hash and size of its archive. Fails with `not-found` where there is
 * nothing, and with `invalid` for what no archive can hold. A tree that changes meanwhile is taken as it was met, or fails.
 */
export async function ingestTree(path: FilePath, castore: Castore, options: IngestOptions = {}): Promise<IngestedTree> {
  const states = options.filter ? undefined : options.states;
  const snapshot = states?.load(path);
  const known = snapshot && (await recall(snapshot, path, options));
  if (known) return known;
  const reader = TreeReader.of(path, { filter: options.filter, record: states !== undefined });
  const { tree, recorded } = await ingest(reader, castore, options);
  const taken = recorded && snapshotOf(tree, recorded);
  if (taken) states!.save(path, taken);
  return tree;
}

interface Ingested {
  readonly tree: IngestedTree;
  readonly recorded: Recorded | undefined;
}

async function ingest(reader: TreeReader, castore: Castore, options: IngestOptions): Promise<Ingested> {
  const into = new TreeIngest(castore, { signal: options.signal });
  const hash = createHash('sha256');
  let narSize = 0;
  const take = async (archive: Uint8Array) => {
    hash.update(archive);
    narSize += archive.length;
    options.onArchive?.(archive);
    await into.flush();
  };
  const takeSlot = async (slot: Uint8Array) => {
    tellRecords(slot, into);
    await take(slot.subarray(archiveAt));
  };
  try {
    const more = await drain(readHere(reader, options, into), take);
    const { recorded } = more ? await drain(readOn(reader, options, true), takeSlot) : reader;
    const node = await into.finish();
    return { tree: { node, narHash: new Uint8Array(hash.digest()), narSize }, recorded };
  } catch (error) {
    await into.abandon(error);
    throw error;
  } finally {
    reader.close();
  }
}

/** Gives each chunk to `use`; answers what the generator returns. */
async function drain<T>(chunks: AsyncGenerator<Uint8Array, T, void>, use: (chunk: Uint8Array) => Promise<void>): Promise<T> {
  try {
    for (;;) {
      const next = await chunks.next();
      if (next.done) return next.value;
      await use(next.value);
    }
  } finally {
    await chunks.return(undefined as T);
  }
}
