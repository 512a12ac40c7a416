/** snix.castore.v1: blobs and directories as a Snix client asks for them. */
import { BlobServiceDefinition, type Directory as DirectoryMessage, DirectoryServiceDefinition } from '@vixen/proto/castore';
import { digestKey, hex } from '../../castore/bytes.ts';
import { directorySize, encodeDirectory } from '../../castore/directory.ts';
import { directoryMessage, directoryOfMessage } from '../../castore/message.ts';
import type { Directory } from '../../castore/node.ts';
import { notFound, StoreError } from '../../errors.ts';
import type { Castore } from '../../service.ts';
import { blake3 } from '../../wasm.ts';
import { dataOf, pieces, requireDigest } from '../limits.ts';
import { type Served, serve } from '../serve.ts';

export function snixBlobs({ blobs }: Castore): Served {
  return serve(
    BlobServiceDefinition,
    { stat: 'read', read: 'read', put: 'write-blobs' },
    {
      async stat({ digest, sendChunks }, { signal }) {
        const stat = await blobs.stat(requireDigest(digest), { signal, chunks: sendChunks });
        if (!stat) throw notFound(`blob ${hex(digest)}`);
        return { chunks: sendChunks ? [...stat.chunks] : [], bao: new Uint8Array() };
      },
      read: ({ digest }, { signal }) => pieces(blobs.read(requireDigest(digest), { signal, views: true })),
      async put(chunks, { signal }) {
        return { digest: await blobs.put(dataOf(chunks), { signal, owned: true }) };
      },
    },
  );
}

export function snixDirectories({ directories }: Castore): Served {
  return serve(
    DirectoryServiceDefinition,
    { get: 'read', put: 'write-blobs' },
    {
      async *get({ byWhat, recursive }, { signal }) {
        if (!byWhat) throw new StoreError('invalid', 'by_what is missing');
        const digest = requireDigest(byWhat.value);
        if (recursive) {
          for await (const directory of directories.getRecursive(digest, { signal })) yield directoryMessage(directory);
          return;
        }
        const directory = await directories.get(digest, { signal });
        if (!directory) throw notFound(`directory ${hex(digest)}`);
        yield directoryMessage(directory);
      },
      async put(messages, { signal }) {
        const tree = new IncomingTree();
        for await (const batch of inBatches(messages, tree)) await directories.put(batch, { signal });
        return { rootDigest: tree.root() };
      },
    },
  );
}

const putBatch = 512;

/** What has been checked goes on to the store at once: whatever a stream goes on with, it is a valid directory. */
async function* inBatches(messages: AsyncIterable<DirectoryMessage>, tree: IncomingTree): AsyncGenerator<Directory[], void, void> {
  let batch: Directory[] = [];
  for await (const message of messages) {
    batch.push(tree.add(message));
    if (batch.length < putBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** More directories than any tree has. */
const maxDirectories = 1_000_000;

/** Directories that come leaves first and hang together below the last. */
class IncomingTree {
  readonly #sizes = new Map<string, bigint>();
  readonly #unnamed = new Map<string, Uint8Array>();

  add(message: DirectoryMessage): Directory {
    const directory = directoryOfMessage(message);
    const digest = blake3(encodeDirectory(directory));
    const key = digestKey(digest);
    if (this.#sizes.has(key)) return directory;
    if (this.#sizes.size >= maxDirectories) throw new StoreError('exhausted', `more than ${maxDirectories} directories at once`);
    for (const { node } of directory.entries) if (node.type === 'directory') this.#name(node.digest, node.size);
    this.#sizes.set(key, directorySize(directory));
    this.#unnamed.set(key, digest);
    return directory;
  }

  #name(digest: Uint8Array, size: bigint): void {
    const key = digestKey(digest);
    const known = this.#sizes.get(key);
    if (known === undefined) throw new StoreError('invalid', `directory ${hex(digest)} is named before it was sent`);
    if (known !== size) throw new StoreError('invalid', `directory ${hex(digest)} has the size ${known}, not ${size}`);
    this.#unnamed.delete(key);
  }

  root(): Uint8Array {
    const [root, ...others] = this.#unnamed.values();
    if (!root) throw new StoreError('invalid', 'no directory was sent');
    if (others.length > 0) throw new StoreError('invalid', `the directories have ${others.length + 1} roots, not one`);
    return root;
  }
}
