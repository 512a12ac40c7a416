// Downloaded archives as trees: what the runtime itself can decompress, and a clear word on all else.
import { HostError } from '../io.ts';
import { type ArchiveTree, mostUnpacked, treeOfTar } from './archive-tree.ts';
import { fetchError, q } from './input.ts';
import { collect } from './web-download.ts';

interface Format {
  name: string;
  magic: readonly number[];
  /** How names end. */
  suffix: RegExp;
}

const unreadable: readonly Format[] = [
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], suffix: /\.(xz|txz)$/ },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], suffix: /\.(bz2|tbz2?)$/ },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], suffix: /\.(zst|tzst)$/ },
  { name: 'zip', magic: [0x50, 0x4b, 0x03, 0x04], suffix: /\.zip$/ },
];
const gzip = [0x1f, 0x8b];

const startsWith = (bytes: Uint8Array, magic: readonly number[]) => magic.every((byte, i) => bytes[i] === byte);

const refusal = ({ href }: URL, { name }: Format) =>
  fetchError(`${q(href)} is packed with ${name}, which pages cannot unpack; '.tar' and '.tar.gz' can be unpacked here`);

/** Refuses what cannot be unpacked by its name, so that nothing is sent for it. */
export function checkArchiveName(url: URL) {
  const format = unreadable.find(({ suffix }) => suffix.test(url.pathname.toLowerCase()));
  if (format) throw refusal(url, format);
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => fetchError(`Failed to extract archive (it holds more than ${mostUnpacked / 2 ** 20} MiB)`);
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return await collect(unpacked, mostUnpacked, tooLarge);
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw fetchError('Failed to extract archive (the compressed data is damaged)', { cause: error });
  }
}

/** Unpacks a download: tar, as it is or with gzip. */
export async function treeOfDownload(url: URL, bytes: Uint8Array<ArrayBuffer>): Promise<ArchiveTree> {
  const format = unreadable.find(({ magic }) => startsWith(bytes, magic));
  if (format) throw refusal(url, format);
  return treeOfTar(startsWith(bytes, gzip) ? await gunzip(bytes) : bytes);
}
