// Archives unpacked into a folder.
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fetchError } from '../../core/fetch/input.ts';
import { decompress } from './decompress.ts';
import { unpackZip } from './zip.ts';

export interface Unpacked {
  /** What was in the archive: its only folder, where it holds just one. */
  folder: string;
  /** The newest modification time of all entries, in seconds since 1970. */
  lastModified: number;
}

/** What the archive reader takes: no empty chunks, which it holds for the end. */
async function* buffers(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) if (chunk.length > 0) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

async function unpackTar(bytes: AsyncIterable<Uint8Array>, folder: string): Promise<number> {
  const { Unpack } = await import('tar');
  let newest = 0;
  let entries = 0;
  const sink = new Unpack({
    cwd: folder,
    preserveOwner: false,
    noMtime: true,
    umask: 0o022,
    filter: (_, entry) => {
      entries += 1;
      if ('mtime' in entry && entry.mtime) newest = Math.max(newest, Math.floor(entry.mtime.getTime() / 1000));
      return true;
    },
  });
  try {
    await pipeline(Readable.from(buffers(bytes)), sink as unknown as NodeJS.WritableStream);
  } catch (error) {
    if (isUnknownFormat(error)) throw unknownFormat();
    throw fetchError(`Failed to extract archive (${error instanceof Error ? error.message : String(error)})`, { cause: error });
  }
  if (entries === 0) throw unknownFormat();
  return newest;
}

const unknownFormat = () => fetchError('Failed to open archive (Unrecognized archive format)');
const isUnknownFormat = (error: unknown) => error instanceof Error && error.message.includes('Unrecognized archive format');

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function onlyFolder(folder: string): string {
  const [first, second] = fs.readdirSync(folder, { withFileTypes: true });
  return first && !second && first.isDirectory() ? path.join(folder, first.name) : folder;
}

/** Unpacks an archive of any kind into an empty folder. */
export async function unpack(source: AsyncIterable<Uint8Array>, folder: string): Promise<Unpacked> {
  const packed = await decompress(source);
  const lastModified = packed.kind === 'zip' ? unpackZip(await collect(packed.bytes), folder) : await unpackTar(packed.bytes, folder);
  return { folder: onlyFolder(folder), lastModified };
}
