/** vixen.store.v1.CastoreService: the castore in batches. */
import { type BytesBatch, CastoreServiceDefinition } from '@vixen/proto/vixen';
import { hex } from '../../castore/bytes.ts';
import { decodeDirectory, encodeDirectory } from '../../castore/directory.ts';
import { notFound, StoreError } from '../../errors.ts';
import type { BlobService, CallOptions, Castore, DirectoryService } from '../../service.ts';
import { batches, maxSmallBlob, pieces, requireDigest } from '../limits.ts';
import { safeNumber } from '../messages.ts';
import { type Served, serve } from '../serve.ts';

export function castoreService({ blobs, directories }: Castore): Served {
  return serve(
    CastoreServiceDefinition,
    {
      hasBlobs: 'read',
      statBlob: 'read',
      readBlob: 'read',
      getBlobs: 'read',
      putBlobs: 'write-blobs',
      getDirectories: 'read',
      putDirectories: 'write-blobs',
    },
    {
      async hasBlobs({ digests }, { signal }) {
        return { present: await blobs.has(digests.map(requireDigest), { signal }) };
      },
      async statBlob({ digest, sendChunks }, { signal }) {
        const stat = await blobs.stat(requireDigest(digest), { signal, chunks: sendChunks });
        if (!stat) throw notFound(`blob ${hex(digest)}`);
        return { size: stat.size, chunks: sendChunks ? [...stat.chunks] : [] };
      },
      readBlob({ digest, offset, length }, { signal }) {
        const part = { offset: safeNumber(offset), ...(length === undefined ? {} : { length: safeNumber(length) }) };
        return pieces(blobs.read(requireDigest(digest), { ...part, signal, views: true }));
      },
      getBlobs: ({ digests }, { signal }) => blobBatches(blobs, digests.map(requireDigest), { signal }),
      async putBlobs({ blobs: contents }, { signal }) {
        return { digests: await blobs.putMany(contents, { signal }) };
      },
      getDirectories: ({ digests }, { signal }) => directoryBatches(directories, digests.map(requireDigest), { signal }),
      async putDirectories({ directories: encoded }, { signal }) {
        return { digests: await directories.put(encoded.map(decodeDirectory), { signal }) };
      },
    },
  );
}

const itemsOf = (found: readonly (Uint8Array | undefined)[]): BytesBatch => ({ items: found.map((data) => ({ data })) });

/** The sizes are looked at first, so that no request makes the server hold more than a batch. */
async function* blobBatches(
  blobs: BlobService,
  digests: readonly Uint8Array[],
  options: CallOptions,
): AsyncGenerator<BytesBatch, void, void> {
  const stats = await Promise.all(digests.map((digest) => blobs.stat(digest, options)));
  const sized = digests.map((digest, i) => ({ digest, size: Number(stats[i]?.size ?? 0n) }));
  const large = sized.find(({ size }) => size > maxSmallBlob);
  if (large) {
    throw new StoreError('invalid', `blob ${hex(large.digest)} has ${large.size} bytes: only up to ${maxSmallBlob} are read in batches`);
  }
  for (const batch of batches(sized, ({ size }) => size + 8)) {
    yield itemsOf(
      await blobs.readMany(
        batch.map(({ digest }) => digest),
        { ...options, views: true },
      ),
    );
  }
}

const directoriesAtOnce = 64;

async function* directoryBatches(
  directories: DirectoryService,
  digests: readonly Uint8Array[],
  options: CallOptions,
): AsyncGenerator<BytesBatch, void, void> {
  for (let at = 0; at < digests.length; at += directoriesAtOnce) {
    const found = await directories.getMany(digests.slice(at, at + directoriesAtOnce), options);
    const encoded = found.map((directory) => directory && encodeDirectory(directory));
    for (const batch of batches(encoded, (bytes) => (bytes?.length ?? 0) + 8)) yield itemsOf(batch);
  }
}
