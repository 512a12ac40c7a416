/** Writes what lives in packs that are mostly garbage into others, and removes them. */
import { equalBytes } from '../castore/bytes.ts';
import type { CallOptions } from '../service.ts';
import { blake3 } from '../wasm.ts';
import type { BlobWriter } from './blob-writer.ts';
import type { IndexFile } from './index-file.ts';
import { type PackEntry, type Packs, packHeader } from './packs.ts';
import { decodeBlob } from './records.ts';
import type { Sessions } from './sessions.ts';

/** A pack with more than this part alive stays as it is. */
const worthKeeping = 0.5;
/** Bytes that are moved at once. */
const batchBytes = 4 * 1024 * 1024;

export interface CompactionParts {
  readonly index: IndexFile;
  readonly packs: Packs;
  readonly writer: BlobWriter;
  readonly sessions: Sessions;
}

export async function compactPacks({ index, packs, writer, sessions }: CompactionParts, { signal }: CallOptions): Promise<void> {
  for (const { id, record } of packs.list()) {
    signal?.throwIfAborted();
    if (packs.isWritten(record) || record.live > (record.end - packHeader) * worthKeeping) continue;
    if (!(await index.write(() => packs.seize(id, sessions.number())))) continue;
    if (record.live > 0) await moveOut(index, packs, writer, id, record.end);
    await packs.remove(id);
  }
}

async function moveOut(index: IndexFile, packs: Packs, writer: BlobWriter, id: number, end: number): Promise<void> {
  let waiting: PackEntry[] = [];
  let size = 0;
  for (const { digest, place } of packs.entries(id, end)) {
    const bytes = index.tables.blobs.get(digest);
    const record = bytes && decodeBlob(bytes);
    if (record?.kind !== 'pack' || record.pack !== id || record.offset !== place.offset) continue;
    const contents = packs.read(place);
    // What is damaged stays where it is, for `verify` to name.
    if (!contents || !equalBytes(blake3(contents), digest)) continue;
    waiting.push({ digest: digest.slice(), contents });
    size += contents.length;
    if (size < batchBytes) continue;
    await writer.move(id, waiting);
    [waiting, size] = [[], 0];
  }
  if (waiting.length > 0) await writer.move(id, waiting);
}
