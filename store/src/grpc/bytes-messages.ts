/**
 * Messages that are nothing but bytes, written into buffers of just their size: the general writer grows by doubling, and copies at each step and
 * once more at the end. All fields have the number 1:
 *
 *     chunk    tag length bytes                          BlobChunk, NarChunk, LogChunk; nothing where there are no bytes
 *     list     ( tag length bytes )*                     Digests, PutBlobsRequest, PutDirectoriesRequest
 *     batch    ( tag length ( tag length bytes )? )*     BytesBatch
 */
import { BlobChunk } from '@vixen/proto/castore';
import { BytesBatch, Digests, LogChunk, NarChunk, PutBlobsRequest, PutDirectoriesRequest } from '@vixen/proto/vixen';

/** Field 1, length-delimited. */
const tag = (1 << 3) | 2;

export function bytesSerializer(type: unknown): ((message: unknown) => Buffer) | undefined {
  return serializers.get(type) as ((message: unknown) => Buffer) | undefined;
}

const chunk = ({ data }: { readonly data: Uint8Array }): Buffer => (data.length === 0 ? Buffer.alloc(0) : list([data]));

function list(items: readonly Uint8Array[]): Buffer {
  let size = 0;
  for (const item of items) size += fieldSize(item.length);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const item of items) at = writeField(out, at, item);
  return out;
}

function batch({ items }: BytesBatch): Buffer {
  let size = 0;
  for (const { data } of items) size += fieldSize(data ? fieldSize(data.length) : 0);
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { data } of items) {
    at = writeHead(out, at, data ? fieldSize(data.length) : 0);
    if (data) at = writeField(out, at, data);
  }
  return out;
}

const fieldSize = (length: number): number => 1 + varintSize(length) + length;

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

function writeHead(out: Buffer, start: number, length: number): number {
  let at = start;
  out[at++] = tag;
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) out[at++] = (rest % 0x80) | 0x80;
  out[at++] = rest;
  return at;
}

function writeField(out: Buffer, start: number, bytes: Uint8Array): number {
  const at = writeHead(out, start, bytes.length);
  out.set(bytes, at);
  return at + bytes.length;
}

const serializers = new Map<unknown, unknown>([
  [BlobChunk, chunk],
  [NarChunk, chunk],
  [LogChunk, chunk],
  [Digests, ({ digests }: Digests) => list(digests)],
  [PutBlobsRequest, ({ blobs }: PutBlobsRequest) => list(blobs)],
  [PutDirectoriesRequest, ({ directories }: PutDirectoriesRequest) => list(directories)],
  [BytesBatch, batch],
]);
