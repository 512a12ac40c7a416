// Compressed archives by their first bytes: gzip (RFC 1952), xz, zstd (RFC 8878), bzip2. Each decompressor is loaded when it is needed.
import type { Compression } from '@vixen/store/compression';

type Bytes = AsyncIterable<Uint8Array>;

const magics: readonly [Compression, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
];

const startsWith = (bytes: Uint8Array, magic: number[]) => magic.every((byte, i) => bytes[i] === byte);

/** The first bytes of a stream, and the whole stream. */
async function peek(source: Bytes, count: number): Promise<[head: Uint8Array, whole: Bytes]> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const next = await iterator.next();
    if (next.done) break;
    chunks.push(next.value);
    length += next.value.length;
  }
  async function* whole() {
    yield* chunks;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return [Buffer.concat(chunks).subarray(0, count), whole()];
}

async function* unpack(compression: Compression, source: Bytes): Bytes {
  const { decompress: decompressed } = await import('@vixen/store/compression');
  yield* decompressed(compression, source);
}

export type Packed = { kind: 'stream'; bytes: Bytes } | { kind: 'zip'; bytes: Bytes };

/** What a file holds once it is decompressed; an archive of the zip kind comes as it is. */
export async function decompress(source: Bytes): Promise<Packed> {
  const [head, whole] = await peek(source, 6);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return { kind: 'zip', bytes: whole };
  const compression = magics.find(([, magic]) => startsWith(head, magic))?.[0];
  return { kind: 'stream', bytes: compression ? unpack(compression, whole) : whole };
}
