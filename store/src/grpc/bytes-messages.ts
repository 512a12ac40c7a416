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

/** Room for one large message after the other: the next may be written when the one before it is done with. */
export class Scratch {
  #buffer = Buffer.alloc(0);

  take(size: number): Buffer {
    if (size < worthKeeping) return Buffer.allocUnsafe(size);
    if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size);
    return this.#buffer.subarray(0, size);
  }
}

const worthKeeping = 64 * 1024;

/** With a scratch, what comes out is valid until the next message is written there. */
export type Serializer<T = unknown> = (message: T, scratch?: Scratch) => Buffer;

export function bytesSerializer(type: unknown): Serializer | undefined {
  return serializers.get(type) as Serializer | undefined;
}

const alloc = (size: number, scratch: Scratch | undefined): Buffer => scratch?.take(size) ?? Buffer.allocUnsafe(size);

const chunk: Serializer<{ readonly data: Uint8Array }> = ({ data }, scratch) => list(data.length === 0 ? [] : [data], scratch);

function list(items: readonly Uint8Array[], scratch?: Scratch): Buffer {
  let size = 0;
  for (const item of items) size += fieldSize(item.length);
  const out = alloc(size, scratch);
  let at = 0;
  for (const item of items) at = writeField(out, at, item);
  return out;
}

function batch({ items }: BytesBatch, scratch?: Scratch): Buffer {
  let size = 0;
  for (const { data } of items) size += fieldSize(data ? fieldSize(data.length) : 0);
  const out = alloc(size, scratch);
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

const serializers = new Map<unknown, Serializer<never>>([
  [BlobChunk, chunk],
  [NarChunk, chunk],
  [LogChunk, chunk],
  [Digests, ({ digests }: Digests, scratch) => list(digests, scratch)],
  [PutBlobsRequest, ({ blobs }: PutBlobsRequest, scratch) => list(blobs, scratch)],
  [PutDirectoriesRequest, ({ directories }: PutDirectoriesRequest, scratch) => list(directories, scratch)],
  [BytesBatch, batch],
]);
