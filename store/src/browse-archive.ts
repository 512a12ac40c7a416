/** Looking into an archive that can be read from its beginning again and again: once for its listing, then for each file that is wanted. */
import { NarError, NarReader } from '@vixen/wasm';
import type { BrowsedDirectory, BrowsedEntry, BrowsedFile, PathBrowser } from './browse.ts';
import { StoreError } from './errors.ts';
import { type Listing, ListingSink } from './formats/listing.ts';
import type { Bytes } from './service.ts';
import { wasmHashes } from './wasm.ts';

class ArchiveBrowser implements PathBrowser {
  readonly root: BrowsedEntry;
  readonly #archive: () => Bytes;

  constructor(root: Listing, archive: () => Bytes) {
    this.root = entryOf(root);
    this.#archive = archive;
  }

  async entries({ children }: BrowsedDirectory): Promise<ReadonlyMap<string, BrowsedEntry>> {
    return children!;
  }

  async *read({ narOffset, size }: BrowsedFile): AsyncGenerator<Uint8Array, void, void> {
    const start = narOffset!;
    const end = start + Number(size);
    let at = 0;
    if (start === end) return;
    for await (const chunk of this.#archive()) {
      const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      if (part.length > 0) yield part;
      at += chunk.length;
      if (at >= end) return;
    }
    throw new StoreError('corrupt', 'the archive ends in the middle of a file');
  }
}

function entryOf(node: Listing): BrowsedEntry {
  if (node.type === 'symlink') return { type: 'symlink', target: node.target };
  if (node.type === 'regular') {
    return { type: 'regular', size: BigInt(node.size), executable: node.executable, narOffset: node.narOffset };
  }
  return { type: 'directory', children: new Map([...node.entries].map(([name, child]) => [name, entryOf(child)])) };
}

/** Reads the archive to its end. Fails with `invalid` where it is none. */
export async function archiveBrowser(archive: () => Bytes): Promise<PathBrowser> {
  const sink = new ListingSink();
  const reader = new NarReader(wasmHashes(), sink);
  try {
    for await (const chunk of archive()) reader.write(chunk);
    reader.end();
  } catch (error) {
    if (error instanceof NarError) throw new StoreError('invalid', `bad archive: ${error.message}`, { cause: error });
    throw error;
  }
  return new ArchiveBrowser(sink.root, archive);
}
