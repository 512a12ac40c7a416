// Compressed archives by their first bytes: gzip (RFC 1952), xz, zstd (RFC 8878), bzip2. Each decompressor is loaded when it is needed.
import { Readable } from 'node:stream';
import zlib from 'node:zlib';

type Bytes = AsyncIterable<Uint8Array>;

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

const gunzip = (source: Bytes): Bytes => Readable.from(source).pipe(zlib.createGunzip());

async function* unxz(source: Bytes): Bytes {
  const module = await import('xz-decompress');
  // A CommonJS package: bundled, its exports are all below `default`.
  const { XzReadableStream } = 'default' in module ? (module.default as typeof module) : module;
  const stream = new XzReadableStream(Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>);
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

async function* unzstd(source: Bytes): Bytes {
  // In the runtime from Node 22.15 on.
  if ('createZstdDecompress' in zlib) {
    yield* Readable.from(source).pipe(zlib.createZstdDecompress());
    return;
  }
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk.slice()));
  for await (const chunk of source) {
    stream.push(chunk);
    yield* ready.splice(0);
  }
  stream.push(new Uint8Array(0), true);
  yield* ready;
}

async function* unbzip2(source: Bytes): Bytes {
  const { bunzip2 } = await import('./bzip2.ts');
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  yield* bunzip2(Buffer.concat(chunks));
}

export type Packed = { kind: 'stream'; bytes: Bytes } | { kind: 'zip'; bytes: Bytes };

/** What a file holds once it is decompressed; an archive of the zip kind comes as it is. */
export async function decompress(source: Bytes): Promise<Packed> {
  const [head, whole] = await peek(source, 6);
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04])) return { kind: 'zip', bytes: whole };
  const unpack = () => {
    if (startsWith(head, [0x1f, 0x8b])) return gunzip(whole);
    if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return unxz(whole);
    if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return unzstd(whole);
    if (startsWith(head, [0x42, 0x5a, 0x68])) return unbzip2(whole);
    return whole;
  };
  return { kind: 'stream', bytes: unpack() };
}
